"""What gunicorn reads wherever it is started in this folder."""

limit_request_field_size = 16_380
"""Bytes of one header. Browsers with many languages send long `Accept-Language` lines; the app reads the start only."""

access_log_format = "%(t)s %(m)s %(s)s %(b)s %(L)s"
"""Whoever wants an access log gets when, how, what came of it, and how long it took; never the path, for secret links
are paths, nor the address somebody came from.
"""
