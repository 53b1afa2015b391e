"""The phone page: how heavy it is, how soon a phone on a bad link sees it, and what six phones cost the box.

`python -m benchmarks.bench_page`. First the page in Chromium over a link of 1 Mbit/s and 100 ms, with nothing
kept from before and then once more: kilobytes and requests, the first paint with content, and the moment
what is true stands in the status strip. Then two nights of 26-megapixel frames through INDI's simulators
(as bench_indi), one with no phone, one with six that follow the stream and fetch every preview: the event
loop's lag, the time between subs, memory.
"""

import asyncio
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from statistics import median

from playwright.async_api import BrowserContext, async_playwright

from appliance.cli.compose import indi_server, running_box
from appliance.cli.demo import write_demo
from appliance.plan import load_plan
from appliance.profile import load_profile
from benchmarks.bench_indi import Night, local_link, plan_for, rig, take_subs
from benchmarks.lag import Lags, control, ticking
from hardware.indi.server import OwnedServer

CHROMIUM = "/usr/bin/chromium"
PHONES = 6
BYTES_PER_SECOND, LATENCY_MS = 1_000_000 / 8, 100
TABS = ("", "align", "focus", "run", "more")
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


@dataclass(frozen=True, slots=True)
class Seen:
    """One visit: what came over the air, and when the page was painted and told what is true."""

    bytes: int
    requests: int
    paint_ms: float
    truth_ms: float


async def visit(context: BrowserContext, address: str) -> Seen:
    """Open a page over a bad link, in a tab of its own."""
    page = await context.new_page()
    wire = await context.new_cdp_session(page)
    lengths: list[float] = []
    wire.on("Network.loadingFinished", lambda told: lengths.append(told["encodedDataLength"]))
    await wire.send("Network.enable")
    await wire.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False, "latency": LATENCY_MS,
            "downloadThroughput": BYTES_PER_SECOND, "uploadThroughput": BYTES_PER_SECOND,
        },
    )  # fmt: skip
    await page.goto(address, wait_until="commit")
    await page.locator("#strip-disk b", has_text="GB").wait_for()  # a dash as long as nothing is known
    truth = await page.evaluate("performance.now()")
    paint = await page.evaluate(PAINT)
    await page.wait_for_load_state("load")
    seen = Seen(int(sum(lengths)), len(lengths), float(paint), float(truth))
    await page.close()
    return seen


async def weigh(link: str) -> None:
    """Each tab, first with nothing kept, then again."""
    url = link.partition("?")[0]
    print(f"the page over {8 * BYTES_PER_SECOND / 1e6:g} Mbit/s and {LATENCY_MS} ms (first visit; second)")
    print(f"{'':12}{'kB':>14}{'requests':>12}{'painted, s':>16}{'true, s':>16}")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        door = await browser.new_context()
        await (await door.new_page()).goto(link)
        cookies = await door.storage_state()
        for tab in TABS:
            context = await browser.new_context(storage_state=cookies, viewport={"width": 360, "height": 740})
            first, again = [await visit(context, url + tab) for _ in range(2)]
            print(
                f"/{tab:11}{f'{first.bytes / 1e3:.0f}; {again.bytes / 1e3:.0f}':>14}"
                f"{f'{first.requests}; {again.requests}':>12}"
                f"{f'{first.paint_ms / 1e3:.2f}; {again.paint_ms / 1e3:.2f}':>16}"
                f"{f'{first.truth_ms / 1e3:.2f}; {again.truth_ms / 1e3:.2f}':>16}"
            )
            await context.close()
        await browser.close()


async def weighed(folder: Path) -> None:
    """The page of a box that stands ready, on the built-in simulator."""
    files = write_demo(folder, "simulator", None, datetime.now(UTC))
    profile, plan = load_profile(files[0]), load_plan(files[1])
    page = profile.page.model_copy(update={"host": "127.0.0.1", "port": 0})
    async with running_box(profile.model_copy(update={"page": page}), plan, folder) as box:
        await box.rig.open()
        await weigh(local_link(box))


async def night(folder: Path, phones: int) -> tuple[Night, Lags, Lags]:
    """A night with so many phones; the box's lags, and those of an empty loop beside it."""
    (folder / "night").mkdir(parents=True)
    settings = indi_server(rig(drivers=True), folder, folder / "run")
    profile = rig(False, settings.socket, settings.port)
    async with OwnedServer(settings).running():
        with control() as machine:
            async with ticking() as ours:
                told = await take_subs(profile, plan_for(profile), folder / "night", folder / "said", phones)
    return told, ours, machine


def between_subs(told: Night) -> float:
    """Seconds from one sub's beginning to the next, the median."""
    begun = sorted(sub.started for sub in told.saved if sub.started)
    return median(later - sooner for sooner, later in pairwise(begun))


def worst_and_usual(lags: Lags, told: Night) -> str:
    """Of the time in which subs were taken."""
    worst, usual, _ = lags.between(told.first_sub, told.ended)
    return f"{worst:.1f}, {usual:.1f}"


async def main() -> None:
    """Both tables."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        (folder / "page").mkdir()
        await weighed(folder / "page")
        print("26-megapixel subs with phones that follow and fetch each preview")
        print(f"{'':10}{'lag, 99.9 %, ms':>18}{'empty loop':>16}{'between subs, s':>18}{'memory, MB':>12}")
        for phones in (0, PHONES):
            told, *lags = await night(folder / str(phones), phones)
            ours, empty = (worst_and_usual(one, told) for one in lags)
            print(
                f"{f'{phones} phones':10}{ours:>18}{empty:>16}"
                f"{between_subs(told):18.2f}{told.controller_mb:12.0f}"
            )


if __name__ == "__main__":
    asyncio.run(main())
