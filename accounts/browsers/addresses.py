"""Where a request comes from, told from the right end of X-Forwarded-For by the number of our proxies (PWD-11)."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """An IPv4 address, or the /64 network of an IPv6 one (a household's own); rotating headers changes nothing."""
    found = str(request.META.get("REMOTE_ADDR", ""))
    proxies = settings.STARS_TRUSTED_PROXY_COUNT
    if proxies:
        forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
        found = forwarded[-proxies] if len(forwarded) >= proxies else found
    try:
        address = ipaddress.ip_address(found)
    except ValueError:
        return "unknown"
    if address.version == 6 and address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else str(address)


def is_within(address: str, networks: list[str]) -> bool:
    """Whether what `client_address` gave lies in one of these networks."""
    try:
        here = ipaddress.ip_network(address)
    except ValueError:
        return False
    allowed = [ipaddress.ip_network(one, strict=False) for one in networks]
    return any(here.version == one.version and here.subnet_of(one) for one in allowed)  # type: ignore[arg-type]
