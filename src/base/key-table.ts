/** Words of 32 bits in a key. */
export const KEY_WORDS = 4;
const ENTRY_WORDS = KEY_WORDS + 1;
const BLOCK_ENTRIES = 1 << 15;
const FIRST_SLOTS = 1 << 12;
/** 2^32 divided by the golden ratio: spreads consecutive numbers over the slots. */
const SPREAD = 0x9e3779b1;

/**
 * A hash table of keys of 128 bits, each with a line, in about 30 octets each: entries in blocks that never move, and slots
 * that lead to them.
 */
export class KeyTable {
  private readonly blocks: Uint32Array[] = [];
  private count = 0;
  /** The number of an entry, from 1; 0 where a slot is free. */
  private slots: Uint32Array = new Uint32Array(FIRST_SLOTS);

  /** The line of a key; undefined where it is not there. */
  find(key: Uint32Array): number | undefined {
    const mask = this.slots.length - 1;
    for (let slot = firstSlot(key, 0, mask); ; slot = (slot + 1) & mask) {
      const entry = this.slots[slot] as number;
      if (entry === 0) return undefined;
      const block = this.blockOf(entry);
      const at = placeOf(entry);
      if (
        block[at] === key[0] &&
        block[at + 1] === key[1] &&
        block[at + 2] === key[2] &&
        block[at + 3] === key[3]
      )
        return block[at + KEY_WORDS];
    }
  }

  /** Adds a key that is not there. */
  add(key: Uint32Array, line: number): void {
    if (this.count * 4 >= this.slots.length * 3) this.grow();
    if (this.count % BLOCK_ENTRIES === 0) this.blocks.push(new Uint32Array(BLOCK_ENTRIES * ENTRY_WORDS));
    const entry = ++this.count;
    const block = this.blockOf(entry);
    block.set(key, placeOf(entry));
    block[placeOf(entry) + KEY_WORDS] = line;
    this.put(entry, block);
  }

  private put(entry: number, block: Uint32Array): void {
    const { slots } = this;
    const mask = slots.length - 1;
    let slot = firstSlot(block, placeOf(entry), mask);
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = entry;
  }

  private grow(): void {
    this.slots = new Uint32Array(this.slots.length * 2);
    for (let entry = 1; entry <= this.count; entry++) this.put(entry, this.blockOf(entry));
  }

  private blockOf(entry: number): Uint32Array {
    return this.blocks[Math.floor((entry - 1) / BLOCK_ENTRIES)] as Uint32Array;
  }
}

function placeOf(entry: number): number {
  return ((entry - 1) % BLOCK_ENTRIES) * ENTRY_WORDS;
}

function firstSlot(words: Uint32Array, at: number, mask: number): number {
  const mixed = Math.imul((words[at] as number) ^ Math.imul(words[at + 1] as number, SPREAD), SPREAD);
  return (mixed ^ (mixed >>> 15)) & mask;
}
