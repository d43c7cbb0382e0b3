"""Latent models: encoder, action map, reward and decoder are equivariant on images and vectors, and sizes are matched."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from symprior.agents.networks.heads.latent_model import DecodingModel, LatentModel, VariationalModel, latent_model
from symprior.agents.networks.orbits import Action, Orbit
from symprior.agents.networks.sizes import Sizes, count_parameters
from symprior.agents.networks.trunk import POSITION_CONVOLUTIONS, image_convolutions
from symprior.agents.priors.prior import PRIORS
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks import get_task

WORLDS: dict[str, Any] = {
    "C4 on images": lambda: get_task("plan-room-c4-v1").symmetry().half(),
    "D4 on images": lambda: get_task("plan-key-room-v1").symmetry().half(),
    "D4 on vectors": lambda: get_task("room-vector-v1").symmetry(),
    "C2 on vectors": lambda: get_task("cartpole-v1").symmetry(),
}
KINDS = (LatentModel, DecodingModel, VariationalModel)
RNG = np.random.default_rng


def model_of(
    symmetry: Symmetry, kind: type[LatentModel] = LatentModel, prior: str = "homomorphic", latent: int = 16
) -> Any:
    widths = (8, 8, 32) if len(symmetry.observation.shape) == 3 else (32, 32)
    return PRIORS[prior].network(latent_model(latent, kind), symmetry, Sizes(widths), RNG(0))


def observations_of(symmetry: Symmetry) -> torch.Tensor:
    return torch.as_tensor(RNG(1).standard_normal((5, *symmetry.observation.shape)), dtype=torch.float64)


@pytest.mark.parametrize("world", WORLDS)
@torch.no_grad()
def test_every_part_is_equivariant(world: str) -> None:
    symmetry = WORLDS[world]()
    model = model_of(symmetry, VariationalModel).double()
    seen, on_codes, orbit = observations_of(symmetry), Action(model.codes_representation), Orbit(symmetry)
    codes = model(seen)
    close = torch.testing.assert_close
    close(model(orbit.observations(seen).flatten(0, 1)).unflatten(0, (-1, 5)), apart_images(on_codes, codes, model))
    for g in range(orbit.order):
        image = apart_images(on_codes, codes, model)[g]
        steps, of_image = model.step(codes), model.step(image)
        moved_to = orbit.actions(torch.arange(symmetry.action.size))[g]
        close(of_image.codes[:, moved_to], apart_images(on_codes, steps.codes, model)[g])
        close(of_image.rewards[:, moved_to], steps.rewards)
        close(model.draw(image), orbit.observations(model.draw(codes))[g])
    _, log_variance = model.distribution(seen)
    _, of_images = model.distribution(orbit.observations(seen).flatten(0, 1))
    close(of_images.unflatten(0, (-1, 5)), apart_images(on_codes, log_variance, model))
    assert codes.std() > 0.01
    assert (steps.codes - codes.unsqueeze(1)).abs().max() > 0.001, "actions move codes"


def apart_images(on_codes: Action, codes: torch.Tensor, model: Any) -> torch.Tensor:
    """ρ(g) z for every g, [|G|, ..., code]."""
    apart = codes.unflatten(-1, (model.fibre.size, -1))
    images: torch.Tensor = on_codes(apart)
    return images.flatten(-2)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("world", WORLDS)
def test_a_homomorphic_model_has_as_many_parameters_as_the_plain_one(world: str, kind: type[LatentModel]) -> None:
    symmetry = WORLDS[world]()
    plain, equal = (model_of(symmetry, kind, prior, 48) for prior in ("plain", "homomorphic"))
    assert abs(count_parameters(equal) / count_parameters(plain) - 1) < 0.1
    assert plain.code_size == equal.code_size == 48


def test_codes_are_as_long_as_whole_copies_of_the_fibre_allow() -> None:
    symmetry = WORLDS["D4 on images"]()
    assert model_of(symmetry, latent=50).code_size == 48
    assert model_of(symmetry, prior="plain", latent=50).code_size == 50
    assert model_of(symmetry, latent=1).code_size == 8


@pytest.mark.parametrize("size", range(8, 64))
def test_some_convolutions_tile_every_image_and_keep_its_symmetry(size: int) -> None:
    first, second = image_convolutions(size, POSITION_CONVOLUTIONS).filters
    positions, rest = divmod(size - first.kernel, first.stride)
    assert rest == 0
    assert (positions + 1 - second.kernel) % second.stride == 0


def test_reading_weights_by_orbits_gives_the_same_layer() -> None:
    class Multiplied(LatentModel):
        gathered = False

    symmetry = WORLDS["C4 on images"]()
    by_orbits, by_basis = (model_of(symmetry, kind) for kind in (LatentModel, Multiplied))
    seen = observations_of(symmetry)
    torch.testing.assert_close(by_orbits(seen), by_basis(seen))
