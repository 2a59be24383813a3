"""Files that are no scene, or no whole one: by upload, by disk, by another program, by a newer Blender."""

import gzip
import struct
import zlib

import scene_contents as contents
from corpus import GOOD, case, saved_bytes


def good_bytes():
    contents.tiny()
    return saved_bytes(compress=False)


@case('not-a-blend')
def empty_file(_):
    return b''


@case('not-a-blend')
def text_file(_):
    return b'This is a shopping list.\n'


@case('not-a-blend')
def picture_with_another_name(_):
    head = struct.pack('>IIBBBBB', 1, 1, 8, 0, 0, 0, 0)
    parts = [(b'IHDR', head), (b'IDAT', zlib.compress(b'\0\0')), (b'IEND', b'')]
    chunks = [
        struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data)) for kind, data in parts
    ]
    return b'\x89PNG\r\n\x1a\n' + b''.join(chunks)


@case('not-a-blend')
def error_page(_):
    """What a proxy answers instead of the scene."""
    return b'<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>'


@case('not-a-blend')
def archive_with_a_scene(_):
    return b'PK\x03\x04' + good_bytes()


@case('not-a-blend')
def compressed_text(_):
    return gzip.compress(b'This is a shopping list, and a long one.\n' * 10)


@case('not-a-blend')
def zeros(_):
    """Of the right length: a disk that lost its contents."""
    return bytes(100_000)


@case('blend-truncated')
def only_the_header(_):
    whole = good_bytes()
    return whole[: 17 if whole.startswith(b'BLENDER17') else 12]


@case('blend-truncated')
def cut_in_the_first_block(_):
    return good_bytes()[:40]


@case('blend-truncated')
def cut_in_half(_):
    whole = good_bytes()
    return whole[: len(whole) // 2]


@case('blend-truncated')
def last_block_missing(_):
    return good_bytes()[:-24]


@case('blend-truncated')
def zeros_in_the_middle(_):
    whole = good_bytes()
    third = len(whole) // 3
    return whole[:third] + bytes(third) + whole[2 * third :]


@case('blend-truncated')
def gzip_cut(_):
    packed = gzip.compress(good_bytes())
    return packed[: len(packed) // 2]


@case('blend-truncated')
def zstd_cut(_):
    contents.tiny()
    packed = saved_bytes(compress=True)
    return packed[: len(packed) // 2]


@case('blend-too-new')
def newer_version(_):
    whole = bytearray(good_bytes())
    at = whole.index(b'v') + 1
    whole[at : at + 3] = b'999'
    return bytes(whole) if whole[7:9] != b'17' else bytes(whole).replace(b'v9991', b'v0999', 1)


@case('blend-too-new')
def newer_header(_):
    """As Blender 5 begins its files."""
    return b'BLENDER17-01v0999' + good_bytes()[12:]


@case('blend-truncated')
def no_description_of_its_data(_):
    """Whole by its blocks, and Blender cannot make sense of it."""
    return good_bytes().replace(b'SDNANAME', b'SDNAXXXX', 1)


@case('script-error')
def name_in_another_encoding(_):
    """Python cannot read it."""
    return good_bytes().replace(b'SCScene\0', 'SCSc\u00e8ne\0'.encode('latin-1'))


@case(GOOD)
def gzip_compressed(_):
    """As Blender wrote them to 2.93."""
    return gzip.compress(good_bytes())


@case(GOOD)
def zstd_compressed(_):
    contents.tiny()
    return saved_bytes(compress=True)


@case(GOOD)
def more_behind_the_end(_):
    return good_bytes() + b'\nsigned by somebody\n'
