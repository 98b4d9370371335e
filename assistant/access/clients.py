"""Where a request comes from: the address of the client, seen through the proxies that are trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import Scope

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]", "testserver")
"""Names by which this computer calls itself; the last is what an application calls itself in process."""


@dataclass(frozen=True)
class Client:
    """The address a request comes from, as text, and whether it came over https."""

    address: str
    https: bool

    @property
    def on_this_computer(self) -> bool:
        """Whether the request was made on this computer. One made in process has a name, not an address."""
        try:
            return ip_address(self.address).is_loopback
        except ValueError:
            return self.address in ("", "testclient")


def client_of(scope: Scope, trusted: Sequence[IPv4Network | IPv6Network]) -> Client:
    """The client of a request. `X-Forwarded-For` and `X-Forwarded-Proto` count only from a trusted proxy.

    Of the addresses in `X-Forwarded-For` it is the last that is not itself a trusted proxy: what stands before
    it was written by the client and may be invented.
    """
    peer = (scope.get("client") or ("", 0))[0]
    https = scope.get("scheme") == "https"
    if not _trusted(peer, trusted):
        return Client(peer, https)
    headers = Headers(scope=scope)
    address = peer
    for hop in reversed([part.strip() for part in ",".join(headers.getlist("x-forwarded-for")).split(",")]):
        if not _is_address(hop):
            break
        address = hop
        if not _trusted(hop, trusted):
            break
    proto = headers.get("x-forwarded-proto", "").split(",")[-1].strip().lower()
    return Client(address, proto == "https" if proto else https)


def networks(written: Sequence[str]) -> list[IPv4Network | IPv6Network]:
    """Addresses and networks from a setting: `10.0.0.0/8`, `192.0.2.7`. Raises `ValueError` naming a bad one."""
    return [ip_network(item.strip(), strict=False) for item in written if item.strip()]


def is_loopback_host(host: str) -> bool:
    """Whether a host to listen on is reached from this computer only."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def names_this_computer(host_header: str) -> bool:
    """Whether the `Host` of a request is a name of this computer.

    A page of another site can make a browser call this computer under that site's own name (DNS rebinding).
    """
    name = host_header.rsplit(":", 1)[0] if not host_header.endswith("]") else host_header
    return name.lower() in LOOPBACK_NAMES or name.lower().endswith(".localhost")


def _trusted(address: str, trusted: Sequence[IPv4Network | IPv6Network]) -> bool:
    return _is_address(address) and any(ip_address(address) in network for network in trusted)


def _is_address(written: str) -> bool:
    try:
        ip_address(written)
    except ValueError:
        return False
    return True
