"""A broker of the box's own: mosquitto, started and kept up beside it."""

import asyncio
import os
import pwd
import shutil
from contextlib import suppress
from pathlib import Path

from appliance.bus import Publish, Said
from appliance.profile import MqttSection
from appliance.solve.process import program, run_program
from hardware.worker import Worker

SOURCE = "mqtt"
WELL_SECONDS = 60.0  # who ran for so long is not broken
BACK_OFF_SECONDS = (1.0, 5.0, 30.0, 60.0)
PLACES = "/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin"  # of mosquitto, where a user's PATH does not lead
PASSWORD_SECONDS = 10.0
LOOK_SECONDS = 0.2
INSTALL = "apt install mosquitto, or take start_broker out of [mqtt]."


async def run_local_broker(section: MqttSection, folder: Path, publish: Publish) -> None:
    """For as long as the box lives: started again when it ends. What fails is said once."""
    files, failures = Worker("mqtt broker files"), 0
    clock = asyncio.get_running_loop().time
    try:
        while True:
            began = clock()
            problem = await _serve(section, folder / "mosquitto", files)
            failures = 0 if clock() - began > WELL_SECONDS else failures
            if not failures:
                text = f"The box's own MQTT broker does not run: {problem}; trying again."
                publish(Said(source=SOURCE, level="warning", text=text, code="mqtt.broker", advice=INSTALL))
            await asyncio.sleep(BACK_OFF_SECONDS[min(failures, len(BACK_OFF_SECONDS) - 1)])
            failures += 1
    finally:
        files.close()


async def _serve(section: MqttSection, place: Path, files: Worker) -> str:
    """Run it until it ends, and why."""
    found = _found("mosquitto")
    if found is None:
        return "mosquitto is not installed"
    try:
        await _write(section, place, files)
        async with program((found, "-c", str(place / "mosquitto.conf")), place) as process:
            output, _ = await process.communicate()
    except (OSError, UnicodeDecodeError, TimeoutError) as failure:
        return str(failure) or "it does not start"
    last = output.decode(errors="replace").strip().splitlines()[-1:]
    return " ".join([f"it ended with {process.returncode}", *last])


async def _write(section: MqttSection, place: Path, files: Worker) -> None:
    """Its configuration. mosquitto's own program hashes the password, which no command line shows."""
    hashed = await files.call(_written, section, place)
    if hashed is None:
        return
    hasher = _found("mosquitto_passwd")
    done = None if hasher is None else await run_program((hasher, "-U", str(hashed)), place, PASSWORD_SECONDS)
    if done is None or done.code != 0:
        await files.call(hashed.unlink)
        raise OSError("the password was not taken" if done else "mosquitto_passwd is not installed")


def _written(section: MqttSection, place: Path) -> Path | None:
    """This machine alone gets in, or, with a user, who knows the password: the file to be hashed."""
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    lines = ["persistence false", "log_dest stdout", f"user {pwd.getpwuid(os.getuid()).pw_name}"]
    passwords = None
    if section.user and section.password_file is not None:
        passwords = place / "passwords"
        lines += [f"listener {section.port}", f"password_file {passwords}", "allow_anonymous false"]
        passwords.unlink(missing_ok=True)
        passwords.touch(mode=0o600)
        password = section.password_file.read_text(encoding="utf-8").strip()
        passwords.write_text(f"{section.user}:{password}\n", encoding="utf-8")
    else:
        lines += [f"listener {section.port} 127.0.0.1", "allow_anonymous true"]
    (place / "mosquitto.conf").write_text("\n".join([*lines, ""]), encoding="utf-8")
    return passwords


async def up(section: MqttSection, within: float = 10.0) -> None:
    """Returns when it answers, or after so many seconds: the first try to connect need not fail."""
    with suppress(TimeoutError):
        async with asyncio.timeout(within):
            while not await _answers(section):  # noqa: ASYNC110 - another process has no event
                await asyncio.sleep(LOOK_SECONDS)


async def _answers(section: MqttSection) -> bool:
    try:
        _, writer = await asyncio.open_connection(section.host, section.port)
    except OSError:
        return False
    writer.close()
    return True


def _found(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path=PLACES)
