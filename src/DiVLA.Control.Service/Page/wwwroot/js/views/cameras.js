// What its cameras see.

import { byId, make, say } from "../dom.js";

const place = byId("cameras");

/** Shows the newest picture of each camera. */
export function drawCameras(session) {
  const names = session.info.contract?.cameras?.map(camera => camera.name) ?? [...session.pictures.keys()];
  if (place.dataset.of !== `${session.id} ${names.join(" ")}`) {
    place.dataset.of = `${session.id} ${names.join(" ")}`;
    place.replaceChildren(...names.map(addCamera));
  }
  for (const figure of place.children) drawPicture(figure, session.pictures.get(figure.dataset.camera));
}

function addCamera(name) {
  return make("figure", { data: { camera: name } }, make("img", { alt: `${name} camera: no picture yet` }), make("figcaption", {}, name));
}

function drawPicture(figure, picture) {
  if (!picture || figure.dataset.sequence === String(picture.observation_sequence)) return;
  figure.dataset.sequence = String(picture.observation_sequence);
  const image = figure.querySelector("img");
  image.src = `data:image/jpeg;base64,${picture.jpeg}`;
  image.alt = `What the ${picture.camera} camera saw last`;
  say(figure.querySelector("figcaption"), `${picture.camera}, observation ${picture.observation_sequence}`);
}
