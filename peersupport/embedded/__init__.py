"""PostgreSQL and Valkey from their PyPI packages, for the demo, development and tests. Production has its own servers.

`python -m peersupport.embedded exec -- COMMAND` runs a command with both of them up.
"""

from peersupport.embedded.folder import EmbeddedError
from peersupport.embedded.servers import Servers

__all__ = ["EmbeddedError", "Servers"]
