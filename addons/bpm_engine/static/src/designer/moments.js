const { DateTime } = luxon;
const FIELD = /^record((?:\.\w+)+)$/;
const ISO = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d.*)?$/;

/** How the moment of a timer is said: a day, a date of the record, or calculated. */
export function kindOfMoment(text) {
    if (ISO.test(text) && DateTime.fromISO(text.replace(" ", "T")).isValid) {
        return "day";
    }
    return FIELD.test(text) ? "field" : "text";
}

/** Field of the record that holds the moment; "" without one. */
export function fieldOfMoment(text) {
    return FIELD.exec(text)?.[1].slice(1) || "";
}

export function textOfField(path) {
    return path ? `record.${path}` : "";
}

/** The moment where the reader lives. */
export function readMoment(text) {
    return DateTime.fromISO(text.replace(" ", "T"));
}

/** With its zone: whoever draws means his own clock, the engine has another one. */
export function writeMoment(moment) {
    return moment.set({ second: 0, millisecond: 0 }).toISO({ suppressMilliseconds: true });
}

/** What a person would most often begin with. */
export function tomorrowMorning() {
    return writeMoment(DateTime.now().plus({ days: 1 }).set({ hour: 9, minute: 0 }));
}
