import { registry } from "@web/core/registry";

// Beside other work of the machine a step may take longer than Odoo's ten seconds: a tour that
// waits fails only where something never comes.
const PATIENCE = 60000;
const tours = registry.category("web_tour.tours");

function bePatient(tour) {
    tour.timeout ??= PATIENCE;
}

tours.getAll().forEach(bePatient);
tours.addEventListener("UPDATE", ({ detail }) => {
    if (detail.operation === "add") {
        bePatient(detail.value);
    }
});
