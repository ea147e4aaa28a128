"""A person without a mouse: everything by Tab, arrows, space and Enter; what has the focus is always in sight."""

from dataclasses import dataclass

from playwright.sync_api import Locator

from tests.browser.visitor import Visitor

MOST_TABS = 160
# The middle of the focused control, where it stands now: inside the window, and nothing of a sticky bar over it.
SEEN = """(now) => {
  const control = now.matches('input[type=radio], input[type=checkbox]') ? now.closest('label') || now : now;
  const box = control.getBoundingClientRect();
  const x = Math.min(Math.max(box.x + Math.min(box.width, 60) / 2, 1), innerWidth - 2);
  const y = Math.min(Math.max(box.y + Math.min(box.height, innerHeight) / 2, 1), innerHeight - 2);
  const top = document.elementFromPoint(x, y);
  const words = (now.innerText || now.value || now.id || '').slice(0, 60);
  const inside = box.bottom > 0 && box.top < innerHeight;
  return [inside && Boolean(top) && (control.contains(top) || top.contains(control)), words];
}"""


@dataclass
class KeyboardVisitor(Visitor):
    """Presses, ticks and types without ever pointing."""

    def press(self, what: str | Locator) -> None:
        self._reach(self._find(what) if isinstance(what, str) else what)
        self.page.keyboard.press("Enter")
        self.presses += 1

    def mark(self, box: Locator) -> None:
        if box.is_checked():
            return
        if box.get_attribute("type") == "radio":
            self._reach(box.locator("xpath=ancestor::fieldset").get_by_role("radio"))
            self.page.keyboard.press("Space")
            for _ in range(12):
                if box.is_checked():
                    break
                self.page.keyboard.press("ArrowDown")
        else:
            self._reach(box)
            self.page.keyboard.press("Space")
        assert box.is_checked()
        self.presses += 1

    def fill(self, label: str, value: str) -> None:
        self._reach(self.page.get_by_label(label, exact=False).first)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(value)
        self.fields += 1

    def choose(self, label: str, option: str) -> None:
        field = self.page.get_by_label(label, exact=False).first
        self._reach(field)
        for _ in range(field.locator("option").count()):
            if option in field.locator("option:checked").inner_text():
                break
            self.page.keyboard.press("ArrowDown")
        assert option in field.locator("option:checked").inner_text()
        self.fields += 1

    def _reach(self, target: Locator) -> None:
        """Tab by Tab from where the focus is; each stop on the way is in sight."""
        target.first.wait_for()
        for _ in range(MOST_TABS):
            if target.evaluate_all("found => found.includes(document.activeElement)"):
                return
            self.page.keyboard.press("Tab")
            in_sight, words = self.page.locator(":focus").first.evaluate(SEEN) if self._has_focus() else (True, "")
            assert in_sight, f"{self.page.url}: the focus on {words!r} is hidden"
        raise AssertionError(f"{self.page.url}: Tab does not reach {target}")

    def _has_focus(self) -> bool:
        return bool(self.page.evaluate("document.activeElement !== document.body"))
