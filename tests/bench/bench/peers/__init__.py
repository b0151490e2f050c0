# SPDX-License-Identifier: Apache-2.0
"""All servers that are compared. A new one is a subclass of Peer and a place in this list."""

from . import floor, packages
from .inetds import InetutilsInetd, OpenbsdInetd, OpenbsdInetdWrap, Rlinetd
from .peer import Peer
from .porterd import Porterd, PorterdFiles, PorterdXinetd
from .single import Ncat, Socat, SocketActivate, SocketProxyd, Tcpserver, TcpserverBacklog, Tcpsvd
from .xinetd import Xinetd, XinetdCheapest

# Those that --quick measures too.
MAIN = [Xinetd, OpenbsdInetd, TcpserverBacklog]
ALL = [Xinetd, XinetdCheapest, OpenbsdInetd, OpenbsdInetdWrap, InetutilsInetd, Rlinetd, Tcpserver, TcpserverBacklog,
       Tcpsvd, Socat, Ncat, SocketActivate, SocketProxyd]
__all__ = ["ALL", "MAIN", "InetutilsInetd", "Ncat", "OpenbsdInetd", "OpenbsdInetdWrap", "Peer", "Porterd", "PorterdFiles",
           "PorterdXinetd", "Rlinetd", "Socat", "SocketActivate", "SocketProxyd", "Tcpserver", "TcpserverBacklog",
           "Tcpsvd", "Xinetd", "XinetdCheapest", "floor", "packages"]
