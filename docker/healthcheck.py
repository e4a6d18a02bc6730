"""Whether the web server in this container can do its work: asks /readyz as the proxy would."""

import http.client
import os
import sys
from urllib.parse import urlsplit

port = int(os.environ["BIND"].rpartition(":")[2])
server = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
server.request("GET", "/readyz", headers={"Host": urlsplit(os.environ["BASE_URL"]).netloc})
sys.exit(server.getresponse().status != 200)
