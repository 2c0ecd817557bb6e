"""Binds the addresses of the web processes once; each process inherits the sockets and listens on them."""

import socket

from server.config.web import Web, listen_host


def bind(web: Web) -> list[socket.socket]:
    """A socket for each address of the host, as asyncio binds them; raises OSError. None listens yet: clients are
    accepted once a process can answer them.
    """
    found = socket.getaddrinfo(listen_host(web), web.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    bound: list[socket.socket] = []
    try:
        for family, kind, protocol, _, address in dict.fromkeys(found):
            bound.append(one := socket.socket(family, kind, protocol))
            one.setblocking(False)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            one.bind(address)
    except OSError:
        for one in bound:
            one.close()
        raise
    return bound
