from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id with 46 MiB and one lane (OWASP Password Storage Cheat Sheet): slow for a thief, bearable for us."""

    memory_cost = 47104
    time_cost = 1
    parallelism = 1
