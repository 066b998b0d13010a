"""The values that TangoTest generates: those that can be computed, and the ranges of the rest."""

from __future__ import annotations

import math

import numpy as np
import pytest

from puretango.sim.tangotest._tangotest_data import DEGREE, IMAGE, SPECTRUM, Generator


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def generator(clock: Clock) -> Generator:
    return Generator(2.0, clock=clock, seed=1)


def test_the_sine_starts_at_zero_and_moves_by_a_degree_per_period(
    generator: Generator, clock: Clock
) -> None:
    assert generator.value("double_scalar") == 0.0
    clock.now += 2.0
    assert generator.value("double_scalar") == 256 * math.sin(DEGREE)
    clock.now += 2.0 * 53
    assert generator.value("double_scalar") == pytest.approx(207.108, abs=1e-3)


def test_periods_that_nobody_watched_count_too(generator: Generator, clock: Clock) -> None:
    clock.now += 2.0 * 361 + 0.5
    assert generator.value("double_scalar") == 256 * math.sin(DEGREE)
    clock.now += 1.0
    assert generator.ticks == 361
    clock.now += 0.6
    generator.value("wave")
    assert generator.ticks == 362


def test_a_setting_shows_from_the_next_period_on(generator: Generator, clock: Clock) -> None:
    clock.now += 2.0
    generator.set("double_scalar", 10.0)
    assert generator.value("double_scalar") == 256 * math.sin(DEGREE)
    clock.now += 2.0
    assert generator.value("double_scalar") == 10 * math.sin(2 * DEGREE)


def test_a_setting_written_late_does_not_touch_periods_before_it(
    generator: Generator, clock: Clock
) -> None:
    clock.now += 4.1
    generator.set("ampli", 0.0)
    assert generator.value("wave")[0] == math.sin(DEGREE * 2)


def test_the_wave_follows_ampli(generator: Generator, clock: Clock) -> None:
    generator.set("ampli", 3.0)
    clock.now += 2.0
    wave = generator.value("wave")
    assert wave.shape == (SPECTRUM,)
    assert wave[90] == 3.0 * math.sin(DEGREE * 91)


def test_values_stay_through_a_period(generator: Generator, clock: Clock) -> None:
    first = generator.value("long_spectrum_ro")
    clock.now += 1.9
    assert generator.value("long_spectrum_ro") is first
    clock.now += 0.2
    assert generator.value("long_spectrum_ro") is not first


@pytest.mark.parametrize("limit", [-5, 0, 1])
def test_a_limit_that_leaves_no_choice_gives_zero(
    generator: Generator, clock: Clock, limit: int
) -> None:
    generator.set("long_scalar", limit)
    clock.now += 2.0
    assert generator.value("long_scalar") == 0
    assert generator.value("long64_scalar") == 0


@pytest.mark.parametrize(
    ("setting", "limit", "below"),
    [
        ("short_scalar", 7, 7),
        ("float_scalar", 2.5, 2),
        ("float_scalar", 1e30, 2**31),
        ("float_scalar", math.nan, 1),
        ("ulong_scalar", 2**32 - 1, 1),
        ("ulong_scalar", 2**32 - 3, 3),
    ],
)
def test_random_scalars_stay_below_their_limit(
    generator: Generator, clock: Clock, setting: str, limit: float, below: int
) -> None:
    for _ in range(20):
        generator.set(setting, limit)
        clock.now += 2.0
        assert 0 <= generator.value(setting) < below


@pytest.mark.parametrize(
    "kind", ["short", "long", "ulong", "long64", "ulong64", "double", "ushort", "uchar", "float"]
)
def test_random_spectra(generator: Generator, kind: str) -> None:
    values = generator.value(f"{kind}_spectrum_ro")
    assert values.shape == (SPECTRUM,)
    assert 0 <= values.min() <= values.max() < 256
    assert len(np.unique(values)) > 50


@pytest.mark.parametrize("kind", ["short", "long", "ulong", "long64", "ulong64", "double", "float"])
def test_beam_images(generator: Generator, kind: str) -> None:
    image = generator.value(f"{kind}_image_ro")
    assert image.shape == (IMAGE, IMAGE)
    assert 24 < image.max() < 38
    rows, columns = np.nonzero(image)
    assert abs(rows.mean() - 125) <= 12
    assert abs(columns.mean() - 125) <= 12


def test_texts(generator: Generator) -> None:
    spectrum = generator.value("string_spectrum_ro")
    assert spectrum[7].startswith("[07]::hello-world-0")
    image = generator.value("string_image_ro")
    assert image[3][12].startswith("[12][03]::hello world::0")
    assert (len(image), len(image[0])) == (IMAGE, IMAGE)


def test_the_size_of_one_image_can_be_chosen(clock: Clock) -> None:
    assert Generator(1.0, 17, clock=clock).value("ushort_image_ro").shape == (17, 17)


def test_without_free_running_each_request_is_a_period(clock: Clock) -> None:
    generator = Generator(1.0, free_running=False, clock=clock)
    clock.now += 1000
    assert generator.value("double_scalar") == 0.0
    generator.advance()
    assert generator.value("double_scalar") == 256 * math.sin(DEGREE)
