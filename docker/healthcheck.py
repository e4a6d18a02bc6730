"""Whether the web server in this container can do its work: asks /readyz as the proxy would.

Reminders that are behind are the worker's business: starting the web server again would not help them.
"""

import http.client
import json
import os
import sys
from urllib.parse import urlsplit

port = int(os.environ["BIND"].rpartition(":")[2])
server = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
server.request("GET", "/readyz", headers={"Host": urlsplit(os.environ["BASE_URL"]).netloc})
answers = json.load(server.getresponse())
sys.exit(any(answer != "ok" for part, answer in answers.items() if part != "reminders"))
