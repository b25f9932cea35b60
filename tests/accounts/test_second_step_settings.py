"""Production asks staff for a second step, whatever it is told."""

from __future__ import annotations

import secrets

import pytest
from cryptography.fernet import Fernet

import config


@pytest.fixture
def production(monkeypatch, tmp_path):
    for name in ("SECRET_KEY", "INDEX_KEY"):
        monkeypatch.setenv(name, secrets.token_urlsafe(48))
    monkeypatch.setenv("DATA_KEYS", Fernet.generate_key().decode())
    monkeypatch.setenv("PUBLIC_URL", "https://talent.example.org")
    return lambda: config.Production(tmp_path)


@pytest.mark.parametrize("wished", ["", "required", "no", "0", "false"])
def test_production_always_asks_for_it(production, monkeypatch, wished):
    monkeypatch.setenv("SECOND_FACTOR", wished)
    assert production().SECOND_FACTOR is True


def test_production_does_not_start_without_it(production, monkeypatch):
    monkeypatch.setenv("SECOND_FACTOR", "off")
    with pytest.raises(config.Unsafe):
        production()
    monkeypatch.setenv("PUBLIC_URL", "http://localhost:8000")
    assert production().SECOND_FACTOR is False
    monkeypatch.setenv("PUBLIC_URL", "http://localhost.evil.example")
    with pytest.raises(config.Unsafe):
        production()


@pytest.mark.parametrize("kind", [config.Development, config.Local, config.Testing])
def test_elsewhere_it_is_asked_where_it_is_wished(monkeypatch, tmp_path, kind):
    monkeypatch.delenv("SECOND_FACTOR", raising=False)
    assert kind(tmp_path).SECOND_FACTOR is False
    monkeypatch.setenv("SECOND_FACTOR", "required")
    assert kind(tmp_path).SECOND_FACTOR is True
