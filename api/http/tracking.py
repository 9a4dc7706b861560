"""Fields that mail and social media add to an address that somebody shares: no page means anything by them.

They are taken out before anything reads the address, so that no room, no key of the cache, no link to another page and
no log ever holds one. Every other field that nothing reads is refused.
"""

from __future__ import annotations

import re

NAMES = frozenset(
    {
        *("dclid", "gad_source", "gbraid", "gclid", "gclsrc", "srsltid", "wbraid", "_ga", "_gl"),
        *("epik", "fbclid", "igsh", "igshid", "li_fat_id", "rdt_cid", "scid", "ttclid", "twclid"),
        *("mc_cid", "mc_eid", "mkt_tok", "oly_anon_id", "oly_enc_id", "vero_id", "_hsenc", "_hsmi"),
        *("msclkid", "wickedid", "yclid"),
    }
)
_FIELD = re.compile(rf"(?:utm_[a-z_]+|{'|'.join(sorted(NAMES))})(?:=.*)?".encode(), re.DOTALL)


def untracked(query: bytes) -> bytes:
    """Return the fields of an address without those; the others stay as they are, byte for byte.

    >>> untracked(b"utm_source=x&region=region/wales&fbclid=abc")
    b'region=region/wales'
    """
    fields = query.split(b"&")
    kept = [field for field in fields if not _FIELD.fullmatch(field)]
    return query if len(kept) == len(fields) else b"&".join(kept)
