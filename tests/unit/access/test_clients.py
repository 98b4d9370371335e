"""The address of a client, seen through proxies."""

import pytest

from assistant.access.clients import client_of, networks

TRUSTED = networks(["10.0.0.0/8", "192.0.2.1"])


def scope(peer: str, **headers: str) -> dict[str, object]:
    return {
        "type": "http",
        "scheme": "http",
        "client": (peer, 1),
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
    }


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.1.1.1", "198.51.100.1", "198.51.100.1"),
        ("10.1.1.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        ("10.1.1.1", "198.51.100.1, 10.2.2.2", "198.51.100.1"),
        ("10.1.1.1", "198.51.100.1, nonsense", "10.1.1.1"),
        ("192.0.2.1", "", "192.0.2.1"),
        ("10.1.1.1", "10.3.3.3", "10.3.3.3"),
    ],
)
def test_the_address_is_the_last_that_a_trusted_proxy_vouches_for(
    peer: str, forwarded: str, address: str
) -> None:
    assert client_of(scope(peer, x_forwarded_for=forwarded), TRUSTED).address == address


def test_https_is_believed_of_a_trusted_proxy_only() -> None:
    assert client_of(scope("10.1.1.1", x_forwarded_proto="https"), TRUSTED).https
    assert not client_of(scope("203.0.113.9", x_forwarded_proto="https"), TRUSTED).https


def test_a_network_that_is_none_is_named() -> None:
    with pytest.raises(ValueError, match="not-a-network"):
        networks(["not-a-network"])
