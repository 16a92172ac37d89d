/*
 * A PKCS#11 module in front of another, for what SoftHSM can't be made to do: lock a PIN, run out of sessions, take no
 * certificate, be reset in mid-session, sign wrongly, sign as slowly as a token with a processor of its own, which leaves
 * the machine's cores free meanwhile, or have the process killed at a certain call. Everything else goes through.
 *
 * FAULTY_MODULE   the module behind this one
 * FAULTY_PINS     a file that counts wrong PINs; the third locks the PIN
 * FAULTY_WAIT     how long a signature takes at least, in microseconds
 * FAULTY_CALL     what to do at a call: NAME:N:before|after:kill or NAME:N:instead:0xCKR, N counted from 1, 0 for each;
 *                 C_Sign:N:before:reset has the token forget all sessions and logins, C_Sign:N:after:spoil the signature,
 *                 C_Sign:N:before:meet has it wait until another session signs, and fail where none does in ten seconds
 */
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CK_PTR *
#define CK_DECLARE_FUNCTION(returnType, name) returnType name
#define CK_DECLARE_FUNCTION_POINTER(returnType, name) returnType(*name)
#define CK_CALLBACK_FUNCTION(returnType, name) returnType(*name)
#ifndef NULL_PTR
#define NULL_PTR 0
#endif
#include "pkcs11.h"

static CK_FUNCTION_LIST_PTR real;
static CK_FUNCTION_LIST list;
static long wait_microseconds;

/* SoftHSM frees sessions under the threads that use them: a reset waits until none does. */
static pthread_rwlock_t in_use = PTHREAD_RWLOCK_INITIALIZER;

/* Runs one call while no reset is going on. */
#define USING(rv, call)               \
  do {                                \
    pthread_rwlock_rdlock(&in_use);   \
    rv = call;                        \
    pthread_rwlock_unlock(&in_use);   \
  } while (0)

static int counted(const char *name, const char *when, CK_RV *instead) {
  static int calls[8];
  static __thread int own[8];
  static const char *names[] = {"C_Login", "C_GenerateKeyPair", "C_Sign", "C_CreateObject", "C_OpenSession"};
  const char *wanted = getenv("FAULTY_CALL");
  char at[64], moment[16], what[16];
  int nth, index;
  if (wanted == NULL || sscanf(wanted, "%63[^:]:%d:%15[^:]:%15s", at, &nth, moment, what) != 4) return 0;
  for (index = 0; strcmp(names[index], name) != 0; index++)
    ;
  if (strcmp(when, "after") != 0 && strcmp(when, "instead") != 0) own[index] = __atomic_add_fetch(&calls[index], 1, __ATOMIC_SEQ_CST);
  if (strcmp(at, name) != 0 || strcmp(moment, when) != 0 || (nth != 0 && own[index] != nth)) return 0;
  if (strcmp(what, "kill") == 0) kill(getpid(), SIGKILL);
  if (instead != NULL) *instead = strtoul(what, NULL, 16);
  return 1;
}

/* Runs one call between what is to happen before, instead and after it. */
#define FAULTY(name, call)                        \
  do {                                            \
    CK_RV rv = CKR_OK;                            \
    counted(name, "before", NULL);                \
    if (!counted(name, "instead", &rv)) USING(rv, call); \
    counted(name, "after", NULL);                 \
    return rv;                                    \
  } while (0)

static int wrong_pins(int add) {
  const char *path = getenv("FAULTY_PINS");
  FILE *file;
  long count;
  if (path == NULL) return 0;
  file = fopen(path, "a+");
  if (file == NULL) return 0;
  if (add) fputc('x', file);
  fseek(file, 0, SEEK_END);
  count = ftell(file);
  fclose(file);
  return (int)count;
}

static CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin, CK_ULONG length) {
  CK_RV rv = CKR_OK;
  if (wrong_pins(0) >= 3) return CKR_PIN_LOCKED;
  counted("C_Login", "before", NULL);
  if (!counted("C_Login", "instead", &rv)) USING(rv, real->C_Login(session, user, pin, length));
  if (rv == CKR_PIN_INCORRECT) wrong_pins(1);
  return rv;
}

static CK_RV token_info(CK_SLOT_ID slot, CK_TOKEN_INFO_PTR info) {
  CK_RV rv = real->C_GetTokenInfo(slot, info);
  int wrong = wrong_pins(0);
  if (rv == CKR_OK && wrong == 2) info->flags |= CKF_USER_PIN_FINAL_TRY;
  if (rv == CKR_OK && wrong >= 3) info->flags |= CKF_USER_PIN_LOCKED;
  return rv;
}

static CK_RV generate(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_ATTRIBUTE_PTR publicTemplate,
                      CK_ULONG publicCount, CK_ATTRIBUTE_PTR privateTemplate, CK_ULONG privateCount,
                      CK_OBJECT_HANDLE_PTR publicKey, CK_OBJECT_HANDLE_PTR privateKey) {
  FAULTY("C_GenerateKeyPair", real->C_GenerateKeyPair(session, mechanism, publicTemplate, publicCount,
                                                      privateTemplate, privateCount, publicKey, privateKey));
}

static int is_wanted(const char *what) {
  const char *wanted = getenv("FAULTY_CALL"), *last = wanted == NULL ? NULL : strrchr(wanted, ':');
  return last != NULL && strcmp(last + 1, what) == 0;
}

/* Signatures that were begun, in whichever thread. */
static int begun;

static int meets_another(void) {
  int mine = __atomic_load_n(&begun, __ATOMIC_SEQ_CST), tries;
  for (tries = 0; tries < 1000 && __atomic_load_n(&begun, __ATOMIC_SEQ_CST) == mine; tries++) usleep(10000);
  return tries < 1000;
}

static CK_RV sign(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG length, CK_BYTE_PTR signature,
                  CK_ULONG_PTR signatureLength) {
  CK_RV rv = CKR_OK;
  CK_SESSION_INFO info;
  struct timespec wait = {wait_microseconds / 1000000, wait_microseconds % 1000000 * 1000};
  __atomic_add_fetch(&begun, 1, __ATOMIC_SEQ_CST);
  if (wait_microseconds > 0 && signature != NULL_PTR) nanosleep(&wait, NULL);
  if (counted("C_Sign", "before", NULL)) {
    if (is_wanted("meet") && !meets_another()) return CKR_FUNCTION_FAILED;
    if (is_wanted("reset")) {
      pthread_rwlock_wrlock(&in_use);
      if (real->C_GetSessionInfo(session, &info) == CKR_OK) real->C_CloseAllSessions(info.slotID);
      pthread_rwlock_unlock(&in_use);
    }
  }
  if (!counted("C_Sign", "instead", &rv))
    USING(rv, real->C_Sign(session, data, length, signature, signatureLength));
  if (counted("C_Sign", "after", NULL) && is_wanted("spoil")) signature[0] ^= 1;
  return rv;
}

static CK_RV sign_init(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key) {
  CK_RV rv;
  USING(rv, real->C_SignInit(session, mechanism, key));
  return rv;
}

static CK_RV find(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE_PTR objects, CK_ULONG most, CK_ULONG_PTR count) {
  CK_RV rv;
  USING(rv, real->C_FindObjects(session, objects, most, count));
  return rv;
}

static CK_RV find_init(CK_SESSION_HANDLE session, CK_ATTRIBUTE_PTR template, CK_ULONG count) {
  CK_RV rv;
  USING(rv, real->C_FindObjectsInit(session, template, count));
  return rv;
}

static CK_RV attributes(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_PTR template,
                        CK_ULONG count) {
  CK_RV rv;
  USING(rv, real->C_GetAttributeValue(session, object, template, count));
  return rv;
}

static CK_RV close_session(CK_SESSION_HANDLE session) {
  CK_RV rv;
  USING(rv, real->C_CloseSession(session));
  return rv;
}

static CK_RV create(CK_SESSION_HANDLE session, CK_ATTRIBUTE_PTR template, CK_ULONG count,
                    CK_OBJECT_HANDLE_PTR object) {
  FAULTY("C_CreateObject", real->C_CreateObject(session, template, count, object));
}

static CK_RV open_session(CK_SLOT_ID slot, CK_FLAGS flags, CK_VOID_PTR application, CK_NOTIFY notify,
                          CK_SESSION_HANDLE_PTR session) {
  FAULTY("C_OpenSession", real->C_OpenSession(slot, flags, application, notify, session));
}

__attribute__((visibility("default"))) CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR out) {
  if (real == NULL) {
    const char *path = getenv("FAULTY_MODULE"), *wait = getenv("FAULTY_WAIT");
    void *module = path == NULL ? NULL : dlopen(path, RTLD_NOW | RTLD_LOCAL);
    CK_C_GetFunctionList get;
    wait_microseconds = wait == NULL ? 0 : atol(wait);
    if (module == NULL) return CKR_GENERAL_ERROR;
    get = (CK_C_GetFunctionList)dlsym(module, "C_GetFunctionList");
    if (get == NULL || get(&real) != CKR_OK) return CKR_GENERAL_ERROR;
    list = *real;
    list.C_Login = login;
    list.C_GetTokenInfo = token_info;
    list.C_GenerateKeyPair = generate;
    list.C_SignInit = sign_init;
    list.C_Sign = sign;
    list.C_FindObjectsInit = find_init;
    list.C_FindObjects = find;
    list.C_GetAttributeValue = attributes;
    list.C_CloseSession = close_session;
    list.C_CreateObject = create;
    list.C_OpenSession = open_session;
  }
  *out = &list;
  return CKR_OK;
}
