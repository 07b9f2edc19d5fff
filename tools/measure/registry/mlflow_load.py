"""Registrations and reads of MLflow's REST server, by threads that keep their
connection.

Each answer is asked for with TCP_QUICKACK: without it the server's delayed
acknowledgements cost 40 ms a request, which would not be a fair comparison.
"""

import http.client
import json
import socket
import threading
import time

API = "/api/2.0/mlflow"


class Client:
    def __init__(self, address):
        self.connection = http.client.HTTPConnection(address, timeout=60)

    def ask(self, method, path, body=None):
        text = None if body is None else json.dumps(body)
        self.connection.request(method, API + path, text,
                                {"Content-Type": "application/json"})
        self.connection.sock.setsockopt(socket.IPPROTO_TCP,
                                        socket.TCP_QUICKACK, 1)
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise OSError(f"{method} {path}: {answer.status} {content[:200]}")
        return json.loads(content)


class Load:
    """Each client makes versions of a model of its own."""

    def __init__(self, address, clients):
        self.clients = [Client(address) for _ in range(clients)]
        self.names = [f"load-{id(self)}-{i}" for i in range(clients)]
        for client, name in zip(self.clients, self.names):
            client.ask("POST", "/registered-models/create", {"name": name})
            self._create(client, name)

    @staticmethod
    def _create(client, name):
        client.ask("POST", "/model-versions/create",
                   {"name": name, "source": f"s3://models/{name}/model.bin"})

    @staticmethod
    def _get(client, name):
        client.ask("GET", f"/model-versions/get?name={name}&version=1")

    def run(self, operation, seconds):
        """`create` or `get`: calls a second, and p50 and p99 in µs."""
        call = {"create": self._create, "get": self._get}[operation]
        times, errors, lock = [], [], threading.Lock()
        end = time.monotonic() + seconds

        def work(client, name):
            mine = []
            client.connection.close()  # idle ones are closed by the server
            try:
                while (begin := time.monotonic()) < end:
                    call(client, name)
                    mine.append(time.monotonic() - begin)
            except (OSError, http.client.HTTPException) as error:
                errors.append(error)
                client.connection.close()  # the next request opens another
            with lock:
                times.extend(mine)

        begin = time.monotonic()
        threads = [threading.Thread(target=work, args=pair)
                   for pair in zip(self.clients, self.names)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.monotonic() - begin
        times.sort()
        at = [times[int(share * (len(times) - 1))] * 1e6 if times else 0.0
              for share in (0.5, 0.99)]
        return {"per_second": len(times) / took, "p50_us": at[0],
                "p99_us": at[1], "errors": len(errors),
                "error": str(errors[0]) if errors else ""}
