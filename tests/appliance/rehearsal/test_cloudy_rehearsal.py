"""A forecast with clouds: the rehearsal tells when the night waits for them, and what that costs."""

from pathlib import Path

from appliance.rehearsal.record import Asked
from appliance.rehearsal.telling import tell
from appliance.rehearsal.tonight import rehearse
from appliance.rehearsal.weather_files import weather_from
from tests.appliance.rehearsal.rehearsal_rig import DUSK, plan, profile, step

# Dusk is at 16:43 UTC, and M33 rises above 30° soon after.
CLOUDS = "time,cloud\n16:00,0\n18:00,0\n18:01,2\n19:00,2\n19:01,0\n"


def test_the_timeline_shows_the_wait_for_a_bank_of_clouds(tmp_path: Path) -> None:
    (tmp_path / "weather.csv").write_text(CLOUDS)
    begins = DUSK - 600.0
    asked = Asked(
        profile(weather={"name": "Station"}, conditions={"max_cloud_percent": 60, "clear_minutes": 5}),
        plan(("M33", [step(seconds=600.0, count=12)])), begins, tmp_path,
        weather=weather_from(tmp_path / "weather.csv", begins),
    )  # fmt: skip
    rehearsal, _ = rehearse(asked)
    (wait,) = [entry for entry in rehearsal.timeline.entries if entry.what.startswith("Wait for better")]
    assert wait.kind == "wait"
    assert "Station: clouds 84 %, 60 allowed" in wait.what
    assert wait.ends is not None
    assert 50 * 60 < wait.ends - wait.at < 70 * 60
    text = tell(rehearsal)
    assert "The conditions are not good: Station: clouds" in text
    assert "The conditions are good again." in text
    assert rehearsal.timeline.expected_subs == 12
    assert rehearsal.good
