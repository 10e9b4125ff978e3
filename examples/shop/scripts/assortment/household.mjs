// What is not eaten: home, plants, stationery, play.
// The words that make-products.mjs builds products from; fresh.mjs explains the fields.

export const home = {
  id: 'home',
  name: 'Home & bath',
  closing: [
    'A favourite of block D.',
    'Made four streets away.',
    'Wrapped in paper, not in plastic.',
    'Looks good left out.',
    'Carried up to your floor if the lift is out.',
  ],
  families: [
    { motif: 'candle', unit: '40 hours', cents: [1290, 3200], names: {
      'Pine and smoke candle': 'green',
      'Fig leaf candle': 'lime', 'Plain beeswax candle': 'amber', 'Night rain candle': 'blue' },
      says: ['Burns evenly to the last centimetre.', 'A small light for a long evening.'] },
    { motif: 'soap', unit: '110 g', cents: [480, 990], names: {
      'Mugwort soap': 'green',
      'Charcoal soap': 'charcoal', 'Rice bran soap': 'cream', 'Camellia soap': 'pink' },
      says: ['Dense lather, no squeak.', 'Cured for six weeks before it is cut.'] },
    { motif: 'towelstack', unit: '2 pieces', cents: [1690, 4200], names: {
      'Bath towels in clay': 'orange',
      'Bath towels in moss': 'green', 'Hand towels in mist': 'steel',
      'Beach towels in coral': 'pink' },
      says: ['Long loops, quick to dry.', 'Heavy enough to feel like a hug.'] },
    { motif: 'lamp', unit: '1 piece', cents: [3900, 9900], names: {
      'Paper table lamp': 'cream',
      'Brass reading lamp': 'yellow', 'Mushroom lamp': 'red', 'Workshop lamp': 'teal' },
      says: ['Warm light that stays on the page.', 'Dims by touch, remembers where it was.'] },
    { motif: 'brush', unit: '1 piece', cents: [590, 1890], names: {
      'Dish brush': 'amber',
      'Long bath brush': 'brown', 'Shoe brush': 'charcoal', 'Table brush': 'teal' },
      says: ['Plant bristles in oiled beech.', 'Stands up to dry, lies down to rest.'] },
    { motif: 'basket', unit: '1 piece', cents: [1690, 4900], names: {
      'Willow laundry basket': 'amber',
      'Seagrass basket': 'lime', 'Felt basket': 'steel', 'Wire basket': 'charcoal' },
      says: ['Strong handles, quiet feet.', 'For laundry, logs or a sleeping cat.'] },
    { motif: 'pump', unit: '500 ml', cents: [640, 1490], names: {
      'Hand wash with yuja': 'yellow',
      'Dish soap with mint': 'teal', 'Shampoo with green tea': 'green',
      'Lotion with oats': 'cream' },
      says: ['One push is enough.', 'Rinses clean and leaves hands soft.'] },
    { motif: 'cushion', unit: '1 piece', cents: [1990, 5400], names: {
      'Linen cushion': 'cream',
      'Corduroy cushion': 'orange', 'Indigo floor cushion': 'blue', 'Wool cushion': 'purple' },
      says: ['Plump, and stays that way.', 'The cover comes off with one zip.'] },
  ],
};

export const plants = {
  id: 'plants',
  name: 'Plants',
  closing: [
    'Comes with a card that says when to worry.',
    'Chosen for balconies that face north.',
    'Delivered by bicycle on dry days.',
    'Advice is free on Saturdays.',
    'Happy neighbours leave cuttings by the door.',
  ],
  families: [
    { motif: 'leafplant', unit: '1 pot', cents: [1290, 4900], names: {
      'Monstera': 'green',
      'Rubber plant': 'teal', 'Calathea': 'purple', 'Golden pothos': 'lime' },
      says: ['Big leaves, small demands.', 'Likes a bright corner and a weekly shower.'] },
    { motif: 'cactus', unit: '1 pot', cents: [790, 2400], names: {
      'Golden barrel cactus': 'yellow',
      'Bunny-ear cactus': 'green', 'Blue column cactus': 'blue', 'Moon cactus': 'red' },
      says: ['Forget it for a month; it will not mind.',
        'Sharp, slow and surprisingly cheerful.'] },
    { motif: 'vase', unit: '1 bunch', cents: [990, 2900], names: {
      'Peonies': 'pink',
      'Cosmos': 'purple', 'Sunflowers': 'yellow', 'White camellias': 'white' },
      says: ['Cut before dawn, in water by six.', 'Opens over three days and holds for seven.'] },
    { motif: 'tree', unit: '1 pot', cents: [2400, 7900], names: {
      'Olive tree': 'steel',
      'Kumquat tree': 'orange', 'Bay tree': 'green', 'Dwarf maple': 'red' },
      says: ['A small tree with large ambitions.', 'Winters on the stairs, summers outside.'] },
    { motif: 'herb', unit: '1 pot', cents: [290, 590], names: {
      'Perilla': 'purple', 'Thai basil': 'green',
      'Mint': 'teal', 'Garlic chives': 'lime' },
      says: ['Pinch the tips and it doubles.', 'A kitchen sill is all it asks for.'] },
    { motif: 'wateringcan', unit: '1 piece', cents: [1490, 4200], names: {
      'Long-spout watering can': 'steel',
      'Enamel watering can': 'white', 'Balcony watering can': 'green',
      'Mini watering can': 'yellow' },
      says: ['A fine rose and a fair balance.', 'Reaches the back row without spilling.'] },
    { motif: 'seeds', unit: '1 packet', cents: [220, 440], names: {
      'Sweet pea seeds': 'pink',
      'Cherry tomato seeds': 'red', 'Cornflower seeds': 'blue', 'Marigold seeds': 'orange' },
      says: ['Sow in March, brag in July.', 'Nine in ten come up; we counted.'] },
    { motif: 'plantpot', unit: '1 piece', cents: [690, 2900], names: {
      'Terracotta pot': 'orange',
      'Glazed moon pot': 'white', 'Ribbed planter': 'teal', 'Speckled planter': 'cream' },
      says: ['Breathes through the wall, drains below.', 'Ages well in rain.'] },
  ],
};

export const stationery = {
  id: 'stationery',
  name: 'Stationery',
  closing: [
    'Borrow one at the till before you buy.',
    'From a shop that still answers letters.',
    'Fits in the post, fits in a coat.',
    'Names embossed while you wait.',
    'Left-handers approve.',
  ],
  families: [
    { motif: 'notebook', unit: '1 piece', cents: [490, 1890], names: {
      'Dotted notebook': 'blue',
      'Cloth-bound journal': 'green', 'Pocket notebook': 'red', 'Blank sketchbook': 'charcoal' },
      says: ['Lies flat and takes ink without complaint.', 'Sewn, not glued.'] },
    { motif: 'pencil', unit: 'set of 6', cents: [390, 1290], names: {
      'Cedar pencils': 'amber',
      'Soft drawing pencils': 'charcoal', 'Carpenter pencils': 'red', 'Pastel pencils': 'pink' },
      says: ['Sharpens to a point that lasts.', 'Smells like the first day of school.'] },
    { motif: 'pen', unit: '1 piece', cents: [290, 4900], names: {
      'Gel pen 0.38': 'blue',
      'Fountain pen': 'charcoal', 'Brush pen': 'purple', 'Fineliner': 'teal' },
      says: ['Starts at once, dries before you smudge it.', 'A quiet, even line.'] },
    { motif: 'envelope', unit: 'set of 10', cents: [360, 890], names: {
      'Hanji envelopes': 'cream',
      'Airmail envelopes': 'blue', 'Kraft envelopes': 'brown', 'Birthday cards': 'pink' },
      says: ['Makes a letter feel like a gift.', 'Heavy paper with a soft edge.'] },
    { motif: 'tape', unit: '3 rolls', cents: [320, 790], names: {
      'Striped paper tape': 'red',
      'Gingham paper tape': 'teal', 'Floral paper tape': 'pink', 'Plain masking tape': 'amber' },
      says: ['Tears straight, peels clean.', 'Marks the shelf, the box and the page.'] },
    { motif: 'scissors', unit: '1 piece', cents: [690, 2400], names: {
      'Paper scissors': 'red',
      'Tailor scissors': 'charcoal', 'Kids scissors': 'green', 'Thread snips': 'blue' },
      says: ['Bites to the very tip.', 'Loosens with a coin, tightens with one too.'] },
    { motif: 'paint', unit: '12 colours', cents: [890, 2900], names: {
      'Watercolour box': 'white',
      'Gouache set': 'charcoal', 'Ink set': 'blue', 'Poster paints': 'yellow' },
      says: ['Strong pigment, little filler.', 'Wakes up with one drop of water.'] },
    { motif: 'ruler', unit: '1 piece', cents: [240, 990], names: {
      'Brass ruler': 'yellow',
      'Maple ruler': 'amber', 'Set square': 'teal', 'Folding ruler': 'orange' },
      says: ['True to a tenth of a millimetre.', 'Engraved, so the marks never fade.'] },
  ],
};

export const play = {
  id: 'play',
  name: 'Play',
  closing: [
    'Tested by the children of all four blocks.',
    'Made to be handed down.',
    'If it breaks, we mend it.',
    'Quiet enough for Sunday mornings.',
    'Comes in a bag, because boxes get lost.',
  ],
  families: [
    { motif: 'blocks', unit: '24 pieces', cents: [1490, 4900], names: {
      'Beech building blocks': 'amber',
      'Rainbow blocks': 'red', 'Castle blocks': 'blue', 'Bridge blocks': 'teal' },
      says: ['Stands higher than you would think.', 'Cut so exactly that they almost click.'] },
    { motif: 'ball', unit: '1 piece', cents: [590, 2200], names: {
      'Courtyard ball': 'red',
      'Beach ball': 'blue', 'Juggling ball': 'yellow', 'Soft indoor ball': 'green' },
      says: ['Good bounce, soft landing.', 'Survives the hedge and the neighbour’s dog.'] },
    { motif: 'car', unit: '1 piece', cents: [890, 2600], names: {
      'Wooden delivery van': 'orange',
      'Night bus': 'blue', 'Fire engine': 'red', 'Ice cream van': 'pink' },
      says: ['Rolls the length of the corridor.', 'Wheels that turn long after the push.'] },
    { motif: 'kite', unit: '1 piece', cents: [1290, 3400], names: {
      'Shield kite': 'red',
      'Swallow kite': 'blue', 'Ray kite': 'purple', 'Paper kite kit': 'cream' },
      says: ['Up in a breath, steady in a breeze.', 'Forty metres of line on a wooden reel.'] },
    { motif: 'bear', unit: '1 piece', cents: [1490, 3900], names: {
      'Corduroy bear': 'brown',
      'Cloud bear': 'white', 'Honey bear': 'amber', 'Midnight bear': 'blue' },
      says: ['Weighted at the bottom, so it sits up.', 'Made for being dragged down stairs.'] },
    { motif: 'puzzle', unit: '500 pieces', cents: [1290, 2900], names: {
      'Rooftops puzzle': 'teal',
      'Market day puzzle': 'orange', 'Night sky puzzle': 'purple', 'Garden puzzle': 'green' },
      says: ['A tight fit and a slow weekend.', 'The last piece is always under the rug.'] },
    { motif: 'cards', unit: '1 deck', cents: [590, 1690], names: {
      'Hwatu cards': 'red',
      'Playing cards': 'blue', 'Memory pairs': 'yellow', 'Story cards': 'purple' },
      says: ['Shuffles like silk.', 'Two to six players, any age that can wait.'] },
    { motif: 'top', unit: '1 piece', cents: [390, 1290], names: {
      'Paengi spinning top': 'red',
      'Humming top': 'teal', 'Beech yo-yo': 'amber', 'Glow spinner': 'lime' },
      says: ['Two minutes on a smooth floor.', 'Easy to start, hard to put down.'] },
  ],
};
