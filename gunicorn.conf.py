"""What gunicorn reads wherever it is started in this folder."""

limit_request_field_size = 16_380
"""Bytes of one header. Browsers with many languages send long `Accept-Language` lines; the app reads the start only."""
