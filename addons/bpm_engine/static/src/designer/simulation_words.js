/**
 * The simulation does not ask the translator: what it writes is translated where it appears.
 *
 * Its texts are whole words in titles and in elements of their own; those with a number or a
 * name in them are listed as patterns.
 */
const PATTERNS = [
    [/^Set animation speed = (.*)$/, "Set animation speed = {value}"],
    [/^Focus process instance (.*)$/, "Focus process instance {value}"],
    [/^(?!Process )(.*) started$/, "{value} started"],
    [/^(?!Process )(.*) finished$/, "{value} finished"],
    [/^(?!Process )(.*) canceled$/, "{value} canceled"],
];
/** Where it writes; all else on the canvas are names that people gave. */
const PLACES = "[class^=bts-], [class*=' bts-']";
const TEXTS = ".bts-log .bts-header, .bts-log .placeholder, .bts-text";

export class SimulationWords {
    static $inject = ["eventBus", "canvas", "translate"];

    constructor(bus, canvas, translate) {
        Object.assign(this, { canvas, translate });
        this.observer = new MutationObserver((changes) => this.onChanges(changes));
        bus.on("tokenSimulation.toggleMode", ({ active }) => (active ? this.begin() : this.end()));
        bus.on("diagram.destroy", () => this.end());
    }

    begin() {
        const container = this.canvas.getContainer();
        this.observer.observe(container, { childList: true, subtree: true });
        this.say(container);
    }

    end() {
        this.observer.disconnect();
    }

    onChanges(changes) {
        for (const { addedNodes } of changes) {
            for (const node of addedNodes) {
                if (node instanceof HTMLElement) {
                    this.say(node);
                }
            }
        }
        // What was put in just now is no change to look at.
        this.observer.takeRecords();
    }

    say(node) {
        for (const place of [node, ...node.querySelectorAll("[title], [aria-label]")]) {
            if (place.matches(PLACES) || place.closest(PLACES)) {
                for (const name of ["title", "aria-label"]) {
                    this.sayAttribute(place, name);
                }
            }
        }
        for (const place of [node, ...node.querySelectorAll(TEXTS)]) {
            if (place.matches(TEXTS)) {
                this.sayText(place);
            }
        }
    }

    sayAttribute(place, name) {
        const text = place.getAttribute(name);
        if (text) {
            place.setAttribute(name, this.word(text));
        }
    }

    sayText(place) {
        for (const node of place.childNodes) {
            const text = node.nodeType === Node.TEXT_NODE && node.textContent.trim();
            if (text) {
                node.textContent = this.word(text);
            }
        }
    }

    word(text) {
        for (const [pattern, template] of PATTERNS) {
            const found = pattern.exec(text);
            if (found) {
                return this.translate(template, { value: this.translate(found[1]) });
            }
        }
        return this.translate(text);
    }
}
