/*
 * A PKCS#11 module in front of another, whose signatures take as long as those of a token with a processor of its own: the
 * machine's cores are free meanwhile. Everything else goes through.
 *
 * SLOW_MODULE         the module behind this one
 * SLOW_MICROSECONDS   how long a signature takes at least
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

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
static long microseconds;

static CK_RV sign(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG length, CK_BYTE_PTR signature,
                  CK_ULONG_PTR room) {
  struct timespec wait = {microseconds / 1000000, microseconds % 1000000 * 1000};
  if (signature != NULL_PTR) nanosleep(&wait, NULL);
  return real->C_Sign(session, data, length, signature, room);
}

CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR given) {
  if (real == NULL_PTR) {
    const char *path = getenv("SLOW_MODULE"), *text = getenv("SLOW_MICROSECONDS");
    void *module = path == NULL ? NULL : dlopen(path, RTLD_NOW);
    CK_C_GetFunctionList get = module == NULL ? NULL : (CK_C_GetFunctionList)dlsym(module, "C_GetFunctionList");
    if (get == NULL || get(&real) != CKR_OK) return CKR_GENERAL_ERROR;
    list = *real;
    list.C_Sign = sign;
    microseconds = text == NULL ? 0 : atol(text);
  }
  *given = &list;
  return CKR_OK;
}
