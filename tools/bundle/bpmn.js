// What the process designer and viewer take from bpmn.io, as one global: esbuild makes
// addons/bpm_engine/static/lib/bpmn/bpmn.js and bpmn.css of it (tools/setup/node.py).
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "bpmn-js/dist/assets/bpmn-font/css/bpmn.css";
import "bpmn-js-token-simulation/assets/css/bpmn-js-token-simulation.css";

import Modeler from "bpmn-js/lib/Modeler";
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import TokenSimulationModule from "bpmn-js-token-simulation";
import ViewerTokenSimulationModule from "bpmn-js-token-simulation/lib/viewer";
import { layoutProcess } from "bpmn-auto-layout";
import ru from "bpmn-js-i18n/translations/ru";
// The package's own export is asynchronous, and a page that is being closed does not wait.
import { Writer } from "moddle-xml";

window.CrmBpmn = {
    Modeler,
    NavigatedViewer,
    TokenSimulationModule,
    ViewerTokenSimulationModule,
    Writer,
    layoutProcess,
    translations: { ru },
};
