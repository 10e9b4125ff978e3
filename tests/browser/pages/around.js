// Puts the page of the address `frame` into a frame, once this page is another site's.
if (location.hostname === 'localhost') {
  const frame = document.createElement('iframe');
  frame.name = 'inner';
  frame.src = new URLSearchParams(location.search).get('frame');
  document.body.append(frame);
}
