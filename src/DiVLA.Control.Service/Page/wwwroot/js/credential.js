// Who the person at the page is. Kept in this tab alone; stop.js reads the same two entries.

const TOKEN = "divla.token";
const WHO = "divla.who";

/** Headers that say who calls; none where a client certificate or nothing does. */
export function headers() {
  const token = sessionStorage.getItem(TOKEN);
  return token ? { authorization: `Bearer ${token}` } : {};
}

export function hasToken() {
  return sessionStorage.getItem(TOKEN) !== null;
}

export function setToken(token) {
  sessionStorage.setItem(TOKEN, token);
}

export function forgetToken() {
  sessionStorage.removeItem(TOKEN);
}

/** How the person called itself the last time. */
export function who() {
  return sessionStorage.getItem(WHO) ?? "";
}

export function setWho(name) {
  sessionStorage.setItem(WHO, name);
}
