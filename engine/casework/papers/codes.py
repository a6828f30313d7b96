"""Codes: what is printed on a paper so that anybody can ask whether it is ours.

A code is made from the number of the paper under a key derived from the master key, so nobody
can make one up, and issuing the same paper again prints the same one. Of the code only a hash is
kept: who reads the database or a backup cannot label a paper of their own. The QR code holds the
address of the page that checks papers, or number and code as text where no address is set.
"""

from __future__ import annotations

import base64
import hmac
import io
import unicodedata
from hashlib import sha256
from urllib.parse import urlencode
from uuid import UUID

import segno
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy.orm import Session

from engine.people import secret
from engine.record import keys

CHECK_PATH = "/check"
EVALUATE_PATH = "/evaluate"
NUMBER, CODE = "no", "code"  # the names in the address
LENGTH = 16  # 80 bits; letters and the digits 2 to 7


def verification_code(session: Session, instance_id: UUID, paper_no: str) -> str:
    """Return the code printed on a paper, which nobody without the master key can make up."""
    derived = HKDF(SHA256(), 32, None, b"tongban paper code").derive(keys.master_key(session))
    digest = hmac.digest(derived, f"{instance_id}\n{paper_no}".encode(), sha256)
    return _grouped(base64.b32encode(digest)[:LENGTH].decode())


def as_printed(code: str) -> str:
    """Return a code as it is printed, from what somebody typed: other spaces, dashes, letters.

    The digits 0, 1 and 8 occur in no code: who reads them has seen a letter.
    """
    known = unicodedata.normalize("NFKC", code).upper().translate(str.maketrans("018", "OIB"))
    return _grouped("".join(one for one in known if one.isascii() and one.isalnum()))


def number_as_printed(paper_no: str) -> str:
    """Return the number of a paper as it is printed, from what somebody typed."""
    known = unicodedata.normalize("NFKC", paper_no).upper()
    known = "".join("-" if unicodedata.category(one) == "Pd" else one for one in known)
    return "".join(known.split())


def hashed(code: str) -> str:
    """Return what is kept of a code."""
    return secret.digest(code)


def address(public_url: str | None, paper_no: str, code: str) -> str:
    """Return what the QR code of a paper says."""
    if public_url is None:
        return f"{paper_no} {code}"
    return f"{public_url}{CHECK_PATH}?{urlencode({NUMBER: paper_no, CODE: code})}"


def qr_svg(text: str) -> str:
    """Return a QR code (ISO/IEC 18004, level M) as an SVG drawing with its quiet zone of four."""
    drawing = io.BytesIO()
    segno.make_qr(text, error="m").save(drawing, kind="svg", border=4, xmldecl=False)
    return drawing.getvalue().decode()


def _grouped(letters: str) -> str:
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))
