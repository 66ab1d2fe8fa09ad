"""The desk door: the counsellor's day and the front desk."""
