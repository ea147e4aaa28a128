"""How gunicorn runs in production; the proxy's `maxconn` is the number of threads (deploy/haproxy.cfg)."""

bind = "0.0.0.0:8000"
worker_class = "gthread"
workers = 2
threads = 4
timeout = 30
graceful_timeout = 20  # a HUP lets running requests finish before their worker goes (F20)
keepalive = 5
max_requests = 20000
max_requests_jitter = 2000
limit_request_line = 4094
limit_request_field_size = 8190
worker_tmp_dir = "/dev/shm"  # noqa: S108 - the heartbeat file of each worker, in memory: the root is read-only
control_socket_disable = True
