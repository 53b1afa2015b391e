"""The engine: events and readings go in, one decision comes out before every sub."""

from dataclasses import dataclass, field, replace

from appliance.focus.triggers.counters import Counters
from appliance.focus.triggers.decisions import Decision, Suppression, Trigger
from appliance.focus.triggers.guards import GUARDS, Guard, Situation
from appliance.focus.triggers.messages import FocusTriggers, Marker
from appliance.focus.triggers.rules import NAMES, RULES, Look, Rule, growth
from appliance.focus.triggers.settings import TriggerSettings


@dataclass(slots=True)
class Refocus:
    """What has happened since the last focus run, and how the runs went.

    Any run, failed too, starts all counters anew; only one that found focus moves the temperature that is
    compared with. `runs` counts them, `seconds` is how long the last one took.
    """

    counters: Counters = field(default_factory=Counters)
    runs: int = 0
    seconds: float | None = None
    _said: set[tuple[str, str]] = field(default_factory=set)

    @property
    def asked(self) -> Trigger | None:
        """A run that an event has called for, made before the next sub."""
        return next(iter(self.counters.asked.values()), None)

    def ask(self, reason: str, because: str) -> None:
        """The next sub must not begin without a focus run; `reason` is the name of a rule."""
        assert reason in NAMES, reason
        self.counters.asked.setdefault(reason, Trigger(reason, because))

    def forget(self, reason: str) -> None:
        """It is not asked for any more."""
        self.counters.asked.pop(reason, None)

    def read(self, celsius: float | None, settings: TriggerSettings) -> None:
        """A reading of the temperature."""
        self.counters.thermometer.read(celsius, settings.readings)

    def took(self, step: str) -> None:
        """A light of the plan was exposed."""
        self.counters.subs += 1
        self.counters.step[step] = self.counters.step.get(step, 0) + 1

    def saw(self, filter_: str, hfr: float | None, after_runs: int) -> None:
        """A sub was measured; `after_runs` is what `runs` was when it was begun."""
        if hfr is not None and after_runs == self.runs:
            self.counters.hfr.setdefault(filter_, []).append(hfr)

    def ran(self, now: float, *, seconds: float, found: bool) -> None:
        """A run has ended; `seconds` is how long it took."""
        self.counters.ran(now, found=found)
        self.runs, self.seconds = self.runs + 1, seconds
        self._said.clear()

    def due(self, settings: TriggerSettings, look: Look) -> list[tuple[Rule, Trigger]]:
        """Every rule that is true now."""
        if self.counters.at is None:
            self.counters.at = look.now  # a night that asked for no first run counts from its first sub
        told = [(rule, rule.because(settings, self.counters, look)) for rule in RULES]
        return [(rule, Trigger(rule.name, because)) for rule, because in told if because is not None]

    def decide(self, due: list[tuple[Rule, Trigger]], situation: Situation) -> Decision:
        """The first that nothing holds back; the others are served by the same run, and are said, too."""
        chosen, held = None, []
        for rule, trigger in due:
            now = replace(situation, requested=situation.requested or chosen is not None)
            guard = self._guard(rule, trigger, now)
            if guard is not None:
                if guard.resting:  # of an event: who has just focused need not do it ten minutes later
                    self.forget(trigger.reason)
                held.append(Suppression(trigger, guard.name, guard.why))
            else:
                chosen = trigger
        return Decision(chosen, self._news(held, situation))

    def _guard(self, rule: Rule, trigger: Trigger, situation: Situation) -> Guard | None:
        asked = trigger.reason in self.counters.asked
        fitting = [guard for guard in GUARDS if rule.rests or not guard.resting]
        return next((one for one in fitting if one.holds(situation) and not (asked and one.counted)), None)

    def _news(self, held: list[Suppression], situation: Situation) -> tuple[Suppression, ...]:
        """What has not been said since the last run, or since its guard has last let go."""
        holding = {guard.name for guard in GUARDS if guard.holds(situation)} | {"requested"}
        self._said = {said for said in self._said if said[1] in holding}
        news = tuple(one for one in held if (one.trigger.reason, one.guard) not in self._said)
        self._said |= {(one.trigger.reason, one.guard) for one in news}
        return news

    def shown(self, settings: TriggerSettings, *, asap: bool = False, paused: bool = False) -> FocusTriggers:
        """As the page shows it."""
        thermometer = self.counters.thermometer
        grown = [one[0] for name in self.counters.hfr if (one := growth(self.counters, name)) is not None]
        return FocusTriggers(
            source="focus", marker=self._marker(settings), readings=thermometer.gathered,
            wanted=settings.readings, celsius=thermometer.mean, reference=thermometer.reference,
            subs=self.counters.subs, since=self.counters.at, asap=asap, paused=paused,
            every_subs=settings.subs, every_minutes=settings.minutes, on_celsius=settings.celsius,
            on_hfr_percent=settings.hfr_percent, hfr_percent=max(grown, default=None),
        )  # fmt: skip

    def _marker(self, settings: TriggerSettings) -> Marker:
        change = self.counters.thermometer.change(settings.readings)
        if not settings.celsius:
            return "off"
        if change is None:
            return "gathering"
        return "due" if abs(change) >= settings.celsius else "armed"
