// As much MessagePack as a hub protocol needs: the other end of our own, written apart from it.

function head(small, byte16, byte32, length, byte8) {
  if (small !== null && length < small.limit) return Buffer.from([small.base | length]);
  if (byte8 !== undefined && length < 0x100) return Buffer.from([byte8, length]);
  const wide = Buffer.alloc(length < 0x10000 ? 3 : 5);
  if (length < 0x10000) {
    wide[0] = byte16;
    wide.writeUInt16BE(length, 1);
  } else {
    wide[0] = byte32;
    wide.writeUInt32BE(length, 1);
  }
  return wide;
}

/** A value of JSON, or a Buffer, as MessagePack. */
export function encode(value) {
  if (value === null || value === undefined) return Buffer.from([0xc0]);
  if (typeof value === 'boolean') return Buffer.from([value ? 0xc3 : 0xc2]);
  if (typeof value === 'number') {
    if (Number.isInteger(value) && value >= 0 && value < 0x80) return Buffer.from([value]);
    const bytes = Buffer.alloc(9);
    if (Number.isSafeInteger(value)) {
      bytes[0] = 0xd3;
      bytes.writeBigInt64BE(BigInt(value), 1);
    } else {
      bytes[0] = 0xcb;
      bytes.writeDoubleBE(value, 1);
    }
    return bytes;
  }
  if (typeof value === 'string') {
    const bytes = Buffer.from(value);
    return Buffer.concat([head({ base: 0xa0, limit: 32 }, 0xda, 0xdb, bytes.length, 0xd9), bytes]);
  }
  if (Buffer.isBuffer(value)) return Buffer.concat([head(null, 0xc5, 0xc6, value.length, 0xc4), value]);
  if (Array.isArray(value)) {
    return Buffer.concat([head({ base: 0x90, limit: 16 }, 0xdc, 0xdd, value.length), ...value.map(encode)]);
  }
  const members = Object.entries(value);
  return Buffer.concat([head({ base: 0x80, limit: 16 }, 0xde, 0xdf, members.length),
    ...members.flatMap(([key, member]) => [encode(key), encode(member)])]);
}

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  take(length) {
    const part = this.bytes.subarray(this.at, this.at + length);
    if (part.length < length) throw new Error('cut off');
    this.at += length;
    return part;
  }

  list(length) { return Array.from({ length }, () => this.value()); }
  map(length) { return Object.fromEntries(Array.from({ length }, () => [this.value(), this.value()])); }
  text(length) { return this.take(length).toString(); }
  uint(size) { return this.take(size).readUIntBE(0, size); }

  value() {
    const type = this.uint(1);
    if (type < 0x80) return type;
    if (type < 0x90) return this.map(type & 15);
    if (type < 0xa0) return this.list(type & 15);
    if (type < 0xc0) return this.text(type & 31);
    if (type >= 0xe0) return type - 0x100;
    switch (type) {
      case 0xc0: return null;
      case 0xc2: return false;
      case 0xc3: return true;
      case 0xc4: return Buffer.from(this.take(this.uint(1)));
      case 0xca: return this.take(4).readFloatBE(0);
      case 0xcb: return this.take(8).readDoubleBE(0);
      case 0xcc: return this.uint(1);
      case 0xcd: return this.uint(2);
      case 0xce: return this.uint(4);
      case 0xcf: return Number(this.take(8).readBigUInt64BE(0));
      case 0xd0: return this.take(1).readInt8(0);
      case 0xd1: return this.take(2).readInt16BE(0);
      case 0xd2: return this.take(4).readInt32BE(0);
      case 0xd3: return Number(this.take(8).readBigInt64BE(0));
      case 0xd9: return this.text(this.uint(1));
      case 0xda: return this.text(this.uint(2));
      case 0xdb: return this.text(this.uint(4));
      case 0xdc: return this.list(this.uint(2));
      case 0xdd: return this.list(this.uint(4));
      case 0xde: return this.map(this.uint(2));
      case 0xdf: return this.map(this.uint(4));
      default: throw new Error(`no type of ours: 0x${type.toString(16)}`);
    }
  }
}

/** The value that `bytes` are, all of them. */
export function decode(bytes) {
  const reader = new Reader(bytes);
  const value = reader.value();
  if (reader.at !== bytes.length) throw new Error('something follows');
  return value;
}
