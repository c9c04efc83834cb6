/** ISO 8601 durations and repetitions of BPMN timers, and how people say them. */

const UNITS = { W: "week", D: "day", H: "hour", M: "minute" };
const DURATION = /^P(?:(\d+)W|(\d+)D|T(?:(\d+)H|(\d+)M))$/;

/** {amount, unit} of a duration of one unit; null for others (P1DT2H). */
export function parseDuration(iso) {
    const match = DURATION.exec((iso || "").trim());
    if (!match) {
        return null;
    }
    const at = [1, 2, 3, 4].find((index) => match[index] !== undefined);
    return { amount: Number(match[at]), unit: ["week", "day", "hour", "minute"][at - 1] };
}

export function formatDuration({ amount, unit }) {
    const letter = Object.keys(UNITS).find((key) => UNITS[key] === unit);
    const number = Math.max(1, Math.round(Number(amount) || 1));
    return letter === "H" || letter === "M" ? `PT${number}${letter}` : `P${number}${letter}`;
}

/** {times, amount, unit} of R3/PT1H; times is 0 for "again and again". */
export function parseCycle(text) {
    const match = /^R(\d*)\/(P.+)$/.exec((text || "").trim());
    const duration = match && parseDuration(match[2]);
    return duration ? { times: Number(match[1] || 0), ...duration } : null;
}

export function formatCycle({ times, amount, unit }) {
    return `R${Number(times) > 0 ? Number(times) : ""}/${formatDuration({ amount, unit })}`;
}
