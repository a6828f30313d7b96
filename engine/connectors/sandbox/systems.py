"""The systems that are played: what each answers to an operation.

An answer is made from the parameters and the key alone, so that a repeated question gets the same
one. Nobody real is in it: numbers begin with SANDBOX.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

Parameters = Mapping[str, Any]
Play = Callable[[Parameters, str], Mapping[str, Any]]


class Refusal(Exception):
    """The played system says no."""

    def __init__(self, code: str, message: str) -> None:
        self.code, self.message = code, message
        super().__init__(code)


def number(prefix: str, key: str) -> str:
    """Return the number that a system gives to whoever asked with this key."""
    digits = int.from_bytes(hashlib.sha256(f"{prefix}/{key}".encode()).digest()[:6])
    return f"SANDBOX-{prefix}-{digits:015d}"


def needed(parameters: Parameters, *names: str) -> None:
    """Refuse a question that lacks something.

    Raises:
        Refusal: a parameter is missing or empty.
    """
    missing = [name for name in names if parameters.get(name) in (None, "")]
    if missing:
        raise Refusal("MISSING", f"缺少参数：{'、'.join(missing)}")


def order_courier(parameters: Parameters, key: str) -> Mapping[str, Any]:
    """快递下单: take a parcel on and give it a waybill number."""
    needed(parameters, "recipient_ref")
    return {"waybill_no": number("EMS", key), "courier_state": "ordered"}


def track_courier(parameters: Parameters, key: str) -> Mapping[str, Any]:
    """快递轨迹: a parcel whose number ends in 9 comes back, any other is signed for."""
    needed(parameters, "waybill_no")
    returned = str(parameters["waybill_no"]).endswith("9")
    return {"courier_state": "returned" if returned else "signed"}


def query_shared_data(parameters: Parameters, key: str) -> Mapping[str, Any]:
    """数据共享查询: what another department knows; asked with purpose and matter."""
    needed(parameters, "purpose", "matter_no", "catalogue")
    return {"shared_state": "found", "shared_authorisation": number("SHARE", key)}


def order_payment(parameters: Parameters, key: str) -> Mapping[str, Any]:
    """统一支付: open a payment of an amount in 分."""
    needed(parameters, "amount_fen")
    if not isinstance(parameters["amount_fen"], int) or parameters["amount_fen"] <= 0:
        raise Refusal("AMOUNT", "金额必须是正整数（分）")
    return {"payment_no": number("PAY", key), "payment_state": "pending"}


def query_payment(parameters: Parameters, key: str) -> Mapping[str, Any]:
    """支付结果: every payment has been made."""
    needed(parameters, "payment_no")
    return {"payment_state": "paid", "voucher_no": number("VOUCHER", str(parameters["payment_no"]))}


def issue_licence(parameters: Parameters, key: str) -> Mapping[str, Any]:
    """电子证照: register an electronic licence."""
    needed(parameters, "case_no")
    return {"licence_no": number("LICENCE", key)}


def hand_over(parameters: Parameters, key: str) -> Mapping[str, Any]:
    """市级部门系统: take a case over and confirm it."""
    needed(parameters, "case_no")
    return {"department_receipt": number("DEPT", key)}


def send_message(parameters: Parameters, key: str) -> Mapping[str, Any]:
    """短信: pretend to send; nothing leaves the machine."""
    needed(parameters, "template")
    return {"message_no": number("SMS", key)}


SYSTEMS: Mapping[str, Mapping[str, Play]] = {
    "courier": {"order": order_courier, "track": track_courier},
    "data-sharing": {"query": query_shared_data},
    "payment": {"order": order_payment, "query": query_payment},
    "licence": {"issue": issue_licence},
    "department": {"hand-over": hand_over},
    "message": {"send": send_message},
}
