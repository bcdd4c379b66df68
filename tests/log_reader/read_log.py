#!/usr/bin/env python3
"""Reads an agent's event log from a data folder, by docs/event_log_format.md alone.

    read_log.py DATA-DIR            one event a line: tenant, epoch, sequence, recordedMs, attributes, data
    read_log.py DATA-DIR --check    reads all, and prints what it counted

The agent must be stopped. It is a second implementation on purpose: nothing here is shared with the
agent, so that the description is proven to be enough. Exit code 1 where anything is damaged.
"""

import argparse
import base64
import glob
import hashlib
import hmac
import json
import os
import sqlite3
import struct
import sys

import zstandard
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

ATTRIBUTES = (
    "id source type time subject datacontenttype dataschema correlationid causationid priority "
    "userid topic stream streamversion scheduledat expiresat idempotencykey"
).split()
NO_DATA, JSON_DATA, BYTES = 0, 1, 2
COMPRESSED, SKIPS, MERGED, VERSIONS = 1, 2, 4, 8
ALIGNMENT = 512


class Damaged(Exception):
    pass


def crc_table():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


CRC_TABLE = crc_table()


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = CRC_TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def open_sealed(key, context, sealed):
    """AES-256-GCM of nonce, ciphertext, tag."""
    try:
        return AESGCM(key).decrypt(sealed[:12], sealed[12:], context)
    except Exception as error:
        raise Damaged("an authentication fails") from error


# --- keys ---------------------------------------------------------------------------------------------


class Tenant:
    def __init__(self, name, epoch, key_id, key):
        self.name, self.epoch, self.key_id, self.key = name, epoch, key_id, key


def tenants_of(folder):
    """The tenants of platform.db with their data keys, unwrapped by master.key."""
    with open(os.path.join(folder, "master.key"), "rb") as file:
        master = file.read()
    if len(master) != 32:
        master = base64.urlsafe_b64decode(master.strip() + b"==")
    database = sqlite3.connect(os.path.join(folder, "platform.db"))
    known, = database.execute("SELECT id FROM keyring_master").fetchone()
    if hmac.new(master, b"notifyd/master-key/id", hashlib.sha256).hexdigest()[:16] != known:
        raise Damaged("master.key is not the key of this folder")
    for name, epoch, key_id, wrapped in database.execute("SELECT id, epoch, key_id, data_key FROM tenant_tenants"):
        binding = f"notifyd/key/1\0{name}\0data\0{key_id}".encode()
        yield Tenant(name, epoch, key_id, open_sealed(master, binding, wrapped[1:]))


# --- blocks and records ---------------------------------------------------------------------------------


def read_block(tenant, data):
    """The events of a block: (sequence, recordedMs, attributes, data)."""
    if data[:4] != b"NBLK" or struct.unpack("<I", data[-4:])[0] != crc32c(data[:-4]):
        raise Damaged("a block's checksum is wrong")
    (_, oldest, epoch, first, total, accepted, recorded_ms, key_id, records_bytes, flags
     ) = struct.unpack_from("<HHQQIIqIII", data, 4)
    if oldest > 2 or key_id != tenant.key_id:
        raise Damaged("a block is of another log, key or time")
    at = 4 + struct.calcsize("<HHQQIIqIII")
    times = [(0, recorded_ms)]
    if flags & MERGED:
        count, = struct.unpack_from("<I", data, at)
        at += 4
        for _ in range(count):
            times.append(struct.unpack_from("<Iq", data, at))
            at += 12
    skipped = [False] * total
    if flags & SKIPS:
        skipped = [bool(data[at + i // 8] >> i % 8 & 1) for i in range(total)]
        at += (total + 7) // 8
    first_versions = []
    if flags & VERSIONS:
        count, = struct.unpack_from("<I", data, at)
        first_versions = struct.unpack_from(f"<{count}Q", data, at + 4)
        at += 4 + 8 * count
    header, seal, payload = data[:at], data[at:at + 28], data[at + 28:-4]
    context = f"notify.block.header/1\n{tenant.name}\n".encode() + header + payload[-16:]
    open_sealed(tenant.key, context, seal)
    records = open_sealed(tenant.key, f"notify.block.payload/1\n{tenant.name}\n{key_id}".encode(), payload)
    if flags & COMPRESSED:
        records = zstandard.ZstdDecompressor().decompress(records, max_output_size=records_bytes)
    index = position = 0
    versions = {}  # The next one of each stream of the block.
    for number in range(total):
        length, = struct.unpack_from("<I", records, position)
        record = records[position + 4:position + 4 + length]
        position += 4 + length
        if skipped[number]:
            continue
        when = [ms for begin, ms in times if begin <= index][-1]
        attributes, content = read_record(record)
        stream = attributes.get("stream")
        if stream is not None and first_versions:
            if stream not in versions:
                versions[stream] = first_versions[len(versions)]
            version = str(versions[stream])
            if attributes.setdefault("streamversion", version) != version:
                raise Damaged(f"event {first + index} has another version than its stream gives it")
            versions[stream] += 1
        yield first + index, when, attributes, content
        index += 1
    if len(versions) != len(first_versions):
        raise Damaged("a block has versions of more streams than it holds")
    if index != accepted or position != len(records):
        raise Damaged("a block's counts are wrong")


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def read_record(record):
    attributes, at = {}, 1
    while record[at]:
        tag = record[at]
        length, at = varint(record, at + 1)
        text = record[at:at + length].decode()
        at += length
        if tag == 127:
            length, at = varint(record, at)
            attributes[text] = json.loads(record[at:at + length])
            at += length
        elif ATTRIBUTES[tag - 1] != "idempotencykey":
            attributes[ATTRIBUTES[tag - 1]] = text
    data = record[at + 1:]
    kind = record[0]
    if kind == JSON_DATA:
        return attributes, data.decode()
    return attributes, (None if kind == NO_DATA else base64.b64encode(data).decode())


# --- segments -------------------------------------------------------------------------------------------


def stored_blocks(folder, tenant):
    """The blocks of a tenant's segments, in order, as index.db names them; runs of keys are checked."""
    log = os.path.join(folder, "tenants", tenant.name, "log")
    if not os.path.exists(os.path.join(log, "index.db")):
        return
    index = sqlite3.connect(os.path.join(log, "index.db"))

    def entry(segment, offset, size, magic):
        with open(os.path.join(log, f"{segment:08}.seg"), "rb") as file:
            file.seek(offset - 16)
            head, data = file.read(16), file.read(size)
        if head[:4] != magic or struct.unpack("<Q", head[8:])[0] != size or len(data) != size:
            raise Damaged(f"segment {segment} has no entry of {size} bytes at {offset}")
        return data

    for segment, offset, size, keys in index.execute("SELECT segment, offset, bytes, keys FROM runs"):
        check_keys(entry(segment, offset, size, b"KEYS"), keys)
    for row in index.execute("SELECT segment, offset, bytes FROM blocks ORDER BY first"):
        yield entry(*row, b"BLOK")


def stored_last(folder, tenant):
    """The last event that ever was in the tenant's segments, also where retention removed it; 0: none."""
    path = os.path.join(folder, "tenants", tenant.name, "log", "index.db")
    if not os.path.exists(path):
        return 0
    return sqlite3.connect(path).execute("SELECT last FROM extent").fetchone()[0]


def check_keys(data, keys):
    if struct.unpack("<I", data[-4:])[0] != crc32c(data[:-4]):
        raise Damaged("a run of keys has a wrong checksum")
    entries = [struct.unpack_from("<Q", data, 16 * i)[0] for i in range(keys)]
    if entries != sorted(set(entries)):
        raise Damaged("a run of keys is not sorted")


# --- journals -------------------------------------------------------------------------------------------


def frames_of(path):
    """(generation, number, proven before, body, whole) of a journal file's newest generation."""
    with open(path, "rb") as file:
        data = file.read()
    frames, at = [], ALIGNMENT
    while at + 48 <= len(data):
        head = data[at:at + 48]
        ok = head[:4] == b"NJFR" and struct.unpack("<I", head[44:])[0] == crc32c(head[:44])
        if ok:
            size, generation, number, proven, blocks, crc = struct.unpack_from("<IQQQII", head, 4)
            ok = not frames or (generation == frames[0][0] and number > frames[-1][1])
        if not ok:
            at += ALIGNMENT
            continue
        body = data[at + 48:at + 48 + size]
        frames.append((generation, number, proven, blocks, body, crc32c(body) == crc))
        at += (48 + size + ALIGNMENT - 1) // ALIGNMENT * ALIGNMENT
    return frames


def journal_blocks(folder):
    """(tenant's name, block) of all proven commits that are in the journals, in order."""
    for base in sorted({path[:-2] for path in glob.glob(os.path.join(folder, "journal", "*.[01]"))}):
        files = sorted((f for f in map(frames_of, (base + ".0", base + ".1")) if f), key=lambda f: f[0][0])
        for place, frames in enumerate(files):
            proven = None
            if place + 1 < len(files) and files[place + 1][0][0] == frames[0][0] + 1:
                proven = files[place + 1][0][2]
            for frame in frames:
                if proven is not None and frame[1] >= proven:
                    break
                if not frame[5]:
                    if frame is frames[-1]:
                        break  # Cut off: nobody was told of it.
                    raise Damaged("a commit in the middle of a journal is damaged")
                yield from blocks_of(frame[4], frame[3])


def blocks_of(body, count):
    at = 0
    for _ in range(count):
        name, block, keys, summary = struct.unpack_from("<BIII", body, at)
        at += 13
        yield body[at:at + name].decode(), body[at + name:at + name + block]
        at += name + block + keys + summary


# --- the whole ------------------------------------------------------------------------------------------


def events_of(folder):
    """Every event: (tenant, epoch, sequence, recordedMs, attributes, data); checks that none is missing."""
    journal = {}
    for name, block in journal_blocks(folder):
        journal.setdefault(name, []).append(block)
    for tenant in tenants_of(folder):
        last, last_ms = None, 0
        streams = {}
        blocks = [(block, True) for block in stored_blocks(folder, tenant)]
        if not blocks:
            last = stored_last(folder, tenant) or None
        blocks += [(block, False) for block in journal.get(tenant.name, [])]
        for block, is_stored in blocks:
            epoch, first = struct.unpack_from("<QQ", block, 8)
            if not is_stored and (epoch != tenant.epoch or (last is not None and first <= last)):
                continue  # Of a former tenant of the name, or moved already.
            for sequence, when, attributes, data in read_block(tenant, block):
                if last is not None and sequence != last + 1:
                    raise Damaged(f"{tenant.name}: event {last + 1} is missing before {sequence}")
                if when < last_ms:
                    raise Damaged(f"{tenant.name}: the time goes back at event {sequence}")
                check_version(streams, tenant, sequence, attributes)
                last, last_ms = sequence, when
                yield tenant.name, tenant.epoch, sequence, when, attributes, data


def check_version(streams, tenant, sequence, attributes):
    """The versions of a stream have no gap."""
    stream = attributes.get("stream")
    if stream is None:
        return
    version = int(attributes["streamversion"])
    if version != streams.get(stream, version - 1) + 1:
        raise Damaged(f"{tenant.name}: event {sequence} has version {version} of its stream, which was at {streams[stream]}")
    streams[stream] = version


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", metavar="DATA-DIR")
    parser.add_argument("--check", action="store_true", help="print counts only")
    options = parser.parse_args()
    counts = {}
    try:
        for name, epoch, sequence, when, attributes, data in events_of(options.folder):
            counts[name] = counts.get(name, 0) + 1
            if not options.check:
                print(json.dumps({"tenant": name, "epoch": epoch, "sequence": sequence, "recordedMs": when,
                                  "attributes": attributes, "data": data}))
    except Damaged as damage:
        print(f"damaged: {damage}", file=sys.stderr)
        return 1
    if options.check:
        print(json.dumps(counts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
