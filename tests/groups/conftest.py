"""Someone signed in, as the pages of this app need it."""

import pytest


@pytest.fixture
def sign_in(client):
    """`sign_in(person)`: the client, signed in as them with the second factor that their roles may ask for."""

    def sign_in_as(person):
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        session = client.session
        session["has_second_factor"] = True
        session.save()
        return client

    return sign_in_as
