"""Motor, BusyController and Pilatus as Tango devices."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from puretango import AttrQuality, DevFailed, DevState
from puretango.server import Server
from puretango.sim import BusyController, Motor
from puretango.testing import DeviceTestContext
from tests.waiting import never, until


def reason(error: Any) -> str:
    """Why the server refused."""
    return str(error.value.args[0].reason)


class TestMotor:
    """The axis."""

    def test_moving_before_the_write_returns(self) -> None:
        """MOVING and CHANGING at once; STANDBY, VALID and the target in the end."""
        with DeviceTestContext(Motor) as motor:
            assert motor.state() == DevState.STANDBY
            motor.position = 2.0
            assert motor.state() == DevState.MOVING
            assert motor.read_attribute("position").quality == AttrQuality.ATTR_CHANGING
            assert "Moving to 2" in motor.status()
            until(lambda: motor.state() == DevState.STANDBY)
            assert motor.position == 2.0
            assert motor.read_attribute("position").quality == AttrQuality.ATTR_VALID
            assert motor.read_attribute("position").w_value == 2.0

    def test_stop_abort_and_limits(self) -> None:
        """Stop brakes, Abort halts; the limits are in the configuration and are kept."""
        properties = {"LowLimit": -5.0, "HighLimit": 50.0, "InitialPosition": 1.0}
        with DeviceTestContext(Motor, properties=properties) as motor:
            assert motor.position == 1.0
            config = motor.get_attribute_config("position")
            assert (float(config.min_value), float(config.max_value)) == (-5.0, 50.0)
            with pytest.raises(DevFailed) as error:
                motor.position = 51.0
            assert reason(error) == "API_WAttrOutsideLimit"
            assert motor.state() == DevState.STANDBY
            for command in (motor.Stop, motor.Abort):
                begun = motor.position
                motor.position = 50.0
                until(lambda: motor.position > begun)  # noqa: B023 - within the turn
                command()
                until(lambda: motor.state() == DevState.STANDBY)
                assert motor.position < 50.0
                assert motor.target == motor.position
            for name, value in (("velocity", 0.0), ("acceleration", -1.0)):
                with pytest.raises(DevFailed) as error:
                    motor.write_attribute(name, value)
                assert reason(error) == "Motor_BadSetting"

    def test_a_fault_halts_it_until_reset(self) -> None:
        """FAULT with its reason; moves are refused; Reset clears it."""
        with DeviceTestContext(Motor) as motor:
            motor.position = 100.0
            motor.SimulateFault("following error")
            assert motor.state() == DevState.FAULT
            assert motor.status() == "following error"
            with pytest.raises(DevFailed) as error:
                motor.position = 0.0
            assert reason(error) == "Motor_Fault"
            motor.Reset()
            assert motor.state() == DevState.STANDBY
            motor.DefinePosition(7.0)
            assert motor.position == 7.0

    def test_init_stops_a_move(self) -> None:
        """Init gives a motor at rest at its initial position."""
        with DeviceTestContext(Motor) as motor:
            motor.position = 500.0
            motor.Init()
            assert motor.state() == DevState.STANDBY
            assert motor.position == 0.0


class TestBusyController:
    """The fly-scan controller."""

    def test_a_run(self) -> None:
        """Busy and RUNNING before the write returns; afterwards the arrays."""
        with DeviceTestContext(BusyController) as controller:
            controller.num_points = 5
            controller.dwell = 0.02
            controller.start_position, controller.end_position = 0.0, 2.0
            before = time.time()
            controller.busy = True
            assert controller.busy
            assert controller.state() == DevState.RUNNING
            until(lambda: not controller.busy)
            assert controller.state() == DevState.STANDBY
            assert controller.points_taken == 5
            assert list(controller.positions) == [0.0, 0.5, 1.0, 1.5, 2.0]
            times = list(controller.times)
            assert times == sorted(times)
            assert times[0] > before
            assert len(controller.signals) == 5
            assert not controller.failed

    def test_stop_hold_and_settings(self) -> None:
        """Stopped early it says so; on hold it takes nothing; senseless settings are refused."""
        with DeviceTestContext(BusyController) as controller:
            controller.num_points = 200
            controller.dwell = 0.02
            controller.Start()
            until(lambda: controller.points_taken > 1)
            controller.hold = True
            taken = controller.points_taken
            never(lambda: controller.points_taken > taken + 1, 0.08)
            assert controller.hold
            controller.hold = False
            until(lambda: controller.points_taken > taken + 1)
            controller.busy = False
            assert not controller.busy
            assert controller.failed
            assert "stopped early" in controller.status()
            for name, value in (("num_points", 0), ("num_points", 1_000_001), ("dwell", -1.0)):
                with pytest.raises(DevFailed):
                    controller.write_attribute(name, value)


class TestPilatus:
    """The area detector."""

    def test_images_go_into_a_file(self, tmp_path: Path) -> None:
        """Settings, an acquisition in stream mode, the image, and the file."""
        h5py = pytest.importorskip("h5py")
        pytest.importorskip("hdf5plugin")
        from puretango.sim import Pilatus

        properties = {"Root": str(tmp_path), "Width": 64, "Height": 48}
        with DeviceTestContext(Pilatus, properties=properties) as detector:
            detector.acquire_time = detector.acquire_period = 0.01
            detector.image_mode, detector.num_images = 1, 3
            detector.writer_enabled = True
            detector.create_directory = -2
            detector.file_path = "/a/b"
            assert detector.file_path == "/a/b/"
            assert detector.path_exists
            detector.file_name, detector.file_number = "n", 0
            detector.write_mode, detector.lazy_open, detector.num_capture = 2, True, 0
            detector.compression = 6
            detector.capture = True
            assert detector.capture
            detector.acquire = True
            assert detector.state() == DevState.RUNNING
            with pytest.raises(DevFailed) as error:
                detector.Start()
            assert reason(error) == "Pilatus_Busy"
            until(lambda: not detector.acquire)
            assert detector.state() == DevState.STANDBY
            assert detector.num_captured == 3
            assert detector.image.shape == (48, 64)
            detector.capture = False
            with h5py.File(tmp_path / detector.full_file_name[1:], "r") as root:
                assert root["/entry/data/data"].shape == (3, 48, 64)
                assert (root["/entry/data/data"][2] == detector.image).all()

    def test_faults_are_an_alarm(self, tmp_path: Path) -> None:
        """A missing directory: ALARM, the reason in the status, and StartCapture raises it."""
        pytest.importorskip("h5py")
        pytest.importorskip("hdf5plugin")
        from puretango.sim import Pilatus

        with DeviceTestContext(Pilatus, properties={"Root": str(tmp_path)}) as detector:
            detector.write_mode, detector.lazy_open = 2, True
            detector.file_path = "/no/such"
            with pytest.raises(DevFailed) as error:
                detector.StartCapture()
            assert reason(error) == "Pilatus_WriteError"
            assert detector.state() == DevState.ALARM
            assert "no such directory" in detector.status()
            detector.Reset()
            assert detector.state() == DevState.STANDBY
            with pytest.raises(DevFailed):
                detector.acquire_time = float("nan")


def test_the_last_event_is_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Camera and writer tell of changes at once: who listens ends with what is, not with what was."""
    pytest.importorskip("h5py")
    pytest.importorskip("hdf5plugin")
    from puretango.sim import Pilatus

    with Server("test", [Pilatus], devices={"Pilatus": ["a/b/1"]}) as server:
        device: Any = server.devices[0]
        told: list[int] = []
        first, overtaken = threading.Event(), threading.Event()

        def push(name: str, value: int) -> None:
            if not first.is_set():
                first.set()
                overtaken.wait(0.5)  # in vain: one after the other
            told.append(value)

        monkeypatch.setattr(device, "push_change_event", push)
        device.model.writer.num_captured = 1
        late = threading.Thread(target=device._changed)
        late.start()
        assert first.wait(30)
        device.model.writer.num_captured = 2
        device._changed()
        overtaken.set()
        late.join()
        monkeypatch.undo()
    assert told == [1, 2]
