"""tangods-graylogger: what a device logs arrives at a Graylog server."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from bench import define, script, serving, until

got = []


class Graylog(BaseHTTPRequestHandler):
    def do_POST(self):
        got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(202)
        self.end_headers()

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Graylog)
threading.Thread(target=server.serve_forever, daemon=True).start()
database = define("Graylogger/one", "Graylogger", "lab/graylogger/1")
database.put_device_property(
    "lab/graylogger/1", {"host": ["127.0.0.1"], "port": [str(server.server_port)], "timeout": ["5"]}
)
define("Logproducer/one", "LogProducer", "lab/producer/1")
database.put_device_property(
    "lab/producer/1", {"logging_target": ["device::lab/graylogger/1"], "logging_level": ["DEBUG"]}
)
with serving("lab/graylogger/1", [script("Graylogger"), "one"]) as logger:
    with serving("lab/producer/1", [script("Logproducer"), "one"]) as producer:
        for word in ("debug", "info", "warning", "error", "fatal"):
            producer.command_inout(f"{word}_message_test")
        until(lambda: sum("test" in each["short_message"] for each in got) >= 5, "five messages")
        for each in sorted(got, key=lambda each: each["level"]):
            if "test" in each["short_message"]:
                print(each["level"], repr(each["short_message"]), sorted(each))
        print(logger.state(), logger.failed_messages)
server.shutdown()
