"""How pages are served: two processes of eight threads; address and port come from the caller."""

worker_class = "gthread"
workers = 2
threads = 8
timeout = 60
graceful_timeout = 20
keepalive = 5
control_socket_disable = True
