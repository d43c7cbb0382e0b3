"""HalfCheetah is made without a word and without a file; every other warning of MuJoCo is still heard."""

from __future__ import annotations

import warnings
from pathlib import Path

import mujoco
import pytest

from symprior.tasks import get_task
from symprior.tasks.families.mujoco.simulation.silence import without_warning

MODEL = '<mujoco><compiler settotalmass="1"/><worldbody><body><geom size="1"/></body></worldbody></mujoco>'


def test_half_cheetah_is_made_quietly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    before = mujoco.get_mju_user_warning()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        get_task("half-cheetah-v1").make().close()
    assert capfd.readouterr() == ("", "")
    assert list(tmp_path.iterdir()) == []
    assert mujoco.get_mju_user_warning() is before


def test_another_warning_is_heard() -> None:
    with pytest.warns(UserWarning, match="settotalmass"), without_warning("something else"):
        mujoco.MjModel.from_xml_string(MODEL)
