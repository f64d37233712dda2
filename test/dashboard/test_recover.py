"""Owns the tests of the dashboard while the server is away, in several tabs, and with several people at once. Never
repeats the stories of test_dashboard.py. Run by make test-browser."""
import http.server
import signal
import threading

from stories import Used


class Remote:
    """Lets a script stop, kill and start the server, through an address of its own."""

    def __init__(self, server):
        self.server = server
        listen = server.argv.index("--listen") + 1
        server.argv[listen] = server.address  # the page that is open finds the server again
        remote = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                getattr(remote, self.path[1:])()
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.http.serve_forever)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.http.server_port}"

    def stop(self):
        self.server.stop(signal.SIGTERM)

    def kill(self):
        self.server.stop(signal.SIGKILL)

    def start(self):
        self.server.start()

    def close(self):
        self.http.shutdown()
        self.thread.join()
        self.http.server_close()


class Restarted(Used):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.remote = Remote(cls.server)
        cls.addClassCleanup(cls.remote.close)

    def test_open_pages_survive_a_restart(self):
        self.script("restart", remote=self.remote.url)


class Tabs(Used):
    def test_eight_tabs_share_a_stream(self):
        self.script("tabs")


class Together(Used):
    def test_two_people_never_overwrite_each_other(self):
        self.script("together")

    def test_a_lost_answer_makes_no_second_object(self):
        self.script("lost")


class Hostile(Used):
    def test_hostile_strings_are_text_on_every_page(self):
        self.script("hostile")


class Keyboard(Used):
    def test_the_main_job_needs_no_mouse(self):
        self.script("keyboard")
        self.assertEqual(len(self.await_hooks(2)), 2)  # the test and the friend's join
