"""Owns a reader of LMDB files for tests that damage them on purpose: pages, trees and rows, with their offsets in the
file. Never checks anything (referd does). Called by test_durability.py and test_verify.py."""
import struct

NO_PAGE = 2 ** 64 - 1
BRANCH, LEAF = 1, 2


class Row:
    def __init__(self, data, at, branch):
        low, high, self.flags, key_n = struct.unpack_from("<HHHH", data, at)
        self.at, self.key_at = at, at + 8
        self.key = bytes(data[self.key_at:self.key_at + key_n])
        self.child = low | high << 16 | self.flags << 32 if branch else None
        self.value_at, self.value_n = self.key_at + key_n, low | high << 16
        self.value = bytes(data[self.value_at:self.value_at + self.value_n])


class File:
    """A whole file in memory. `data` is a bytearray that may be changed and saved."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = bytearray(file.read())
        self.size, = struct.unpack_from("<I", self.data, 16 + 24)
        self.metas = [n * self.size + 16 for n in (0, 1)]
        self.meta = max(self.metas, key=lambda at: struct.unpack_from("<Q", self.data, at + 128))
        self.root, = struct.unpack_from("<Q", self.data, self.meta + 24 + 96 - 8)

    def rows_of_page(self, page):
        at = page * self.size
        flags, lower = struct.unpack_from("<HH", self.data, at + 10)
        offsets = struct.unpack_from(f"<{(lower - 16) // 2}H", self.data, at + 16)
        return [Row(self.data, at + offset, bool(flags & BRANCH)) for offset in offsets], bool(flags & BRANCH)

    def rows(self, root):
        rows, branch = self.rows_of_page(root)
        for row in rows:
            if branch:
                yield from self.rows(row.child)
            else:
                yield row

    def kind_row(self, kind):
        """The row of the main tree that describes this kind's key space."""
        return next(row for row in self.rows(self.root) if row.key == str(kind).encode())

    def kind_root(self, kind):
        return struct.unpack_from("<Q", self.kind_row(kind).value, 40)[0]

    def save(self, path):
        with open(path, "wb") as file:
            file.write(self.data)
        return path
