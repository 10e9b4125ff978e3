// What the greengrocer and the baker sell: the words that make-products.mjs builds products from.
//
// A family is one picture and one kind of thing. `names` gives each product and its colour;
// `says` are sentences true of the whole family, `closing` of the whole category.

export const fruit = {
  id: 'fruit',
  name: 'Fruit',
  closing: [
    'Picked this week and never waxed.',
    'From a family orchard two valleys over.',
    'Weighed by hand on the day it leaves the shelf.',
    'Windfalls go to the neighbours’ jam night.',
    'Sold by the people who grew it.',
  ],
  families: [
    { motif: 'apple', unit: '1 kg', cents: [290, 520], names: {
      'Hongro apples': 'red',
      'Gamhong apples': 'pink', 'Green Aori apples': 'lime', 'Golden Sinano apples': 'yellow' },
      says: ['Crisp and honeyed, with a snap you can hear across the stairwell.',
        'Firm enough to bake, sweet enough not to.'] },
    { motif: 'pear', unit: '1 kg', cents: [380, 690], names: {
      'Shingo pears': 'brown',
      'Williams pears': 'lime', 'Conference pears': 'green', 'Forelle pears': 'orange' },
      says: ['Juicy to the point of needing a napkin.', 'Cool, floral and generous.'] },
    { motif: 'citrus', unit: '1 kg', cents: [260, 740], names: {
      'Jeju mandarins': 'orange',
      'Hallabong oranges': 'amber', 'Meyer lemons': 'yellow', 'Persian limes': 'lime' },
      says: ['Thin skin, few pips, loud scent.', 'Bright and clean, good for juice or zest.'] },
    { motif: 'strawberry', unit: '500 g', cents: [420, 880], names: {
      'Seolhyang strawberries': 'red', 'Kingsberry strawberries': 'pink',
      'Wild strawberries': 'red', 'Pineberries': 'cream' },
      says: ['Perfume first, then the sugar.', 'Best eaten on the way home.'] },
    { motif: 'berries', unit: '250 g', cents: [320, 590], names: {
      'Blueberries': 'blue',
      'Blackcurrants': 'purple', 'Red currants': 'red', 'Gooseberries': 'lime' },
      says: ['A tart pop and a long finish.', 'Scatter on porridge, or freeze for January.'] },
    { motif: 'grapes', unit: '600 g', cents: [450, 1290], names: {
      'Campbell grapes': 'purple',
      'Shine Muscat grapes': 'lime', 'Red Globe grapes': 'pink', 'Black Corinth grapes': 'blue' },
      says: ['Heavy bunches with the bloom still on.', 'Thick juice, thin skin.'] },
    { motif: 'peach', unit: '4 pieces', cents: [360, 720], names: {
      'White peaches': 'pink',
      'Yellow peaches': 'amber', 'Daeseok plums': 'purple', 'Apricots': 'orange' },
      says: ['Soft, warm and fragrant; mind the stone.', 'Grill the halves and thank us later.'] },
    { motif: 'persimmon', unit: '5 pieces', cents: [340, 610], names: {
      'Fuyu persimmons': 'orange', 'Daebong persimmons': 'red', 'Half-dried persimmons': 'amber',
      'Black sapote': 'brown' },
      says: ['Eat it firm like an apple, or wait and use a spoon.',
        'Autumn in a skin, sweet as custard.'] },
  ],
};

export const vegetables = {
  id: 'vegetables',
  name: 'Vegetables',
  closing: [
    'Grown without glass, so it tastes of the season.',
    'Sold out by noon on most Saturdays.',
    'Washed twice, still better washed a third time.',
    'From the allotments behind block C.',
    'Keeps a week in the crisper drawer.',
  ],
  families: [
    { motif: 'carrot', unit: '1 bunch', cents: [160, 340], names: {
      'Gujwa carrots': 'orange',
      'Purple haze carrots': 'purple', 'Yellow carrots': 'yellow', 'Parsnips': 'cream' },
      says: ['Sweet to the core and straight enough to peel.', 'Roast slowly; they do the rest.'] },
    { motif: 'greens', unit: '1 head', cents: [180, 420], names: {
      'Napa cabbage': 'lime',
      'Red leaf lettuce': 'red', 'Savoy cabbage': 'green', 'Bok choy': 'teal' },
      says: ['Tight leaves, cool ribs, a good squeak.', 'Holds its bite in the pan.'] },
    { motif: 'tomato', unit: '750 g', cents: [290, 560], names: {
      'Vine tomatoes': 'red',
      'Black zebra tomatoes': 'brown', 'Yellow pear tomatoes': 'yellow',
      'Green zebra tomatoes': 'lime' },
      says: ['Smells of the vine, because it was on one this morning.',
        'Salt, oil, nothing else.'] },
    { motif: 'mushroom', unit: '300 g', cents: [240, 780], names: {
      'King oyster mushrooms': 'cream',
      'Shiitake': 'brown', 'Chestnut mushrooms': 'amber', 'Pink oyster mushrooms': 'pink' },
      says: ['Meaty, with a forest after-taste.', 'Tear, do not slice; let the edges catch.'] },
    { motif: 'onion', unit: '1 kg', cents: [140, 380], names: {
      'Muan onions': 'amber',
      'Red onions': 'purple', 'White onions': 'white', 'Uiseong garlic': 'cream' },
      says: ['Mild raw, deep and sticky cooked.', 'Hang in a net and forget until needed.'] },
    { motif: 'pepper', unit: '3 pieces', cents: [210, 450], names: {
      'Red bell peppers': 'red',
      'Yellow bell peppers': 'yellow', 'Shishito peppers': 'green', 'Cheongyang chillies': 'lime' },
      says: ['Glossy, thick-walled and loud.', 'Char until black, peel, be happy.'] },
    { motif: 'pumpkin', unit: '1 piece', cents: [280, 640], names: {
      'Kabocha squash': 'green',
      'Hokkaido squash': 'orange', 'Butterkin squash': 'amber', 'Crown Prince squash': 'steel' },
      says: ['Dense, dry and chestnut-sweet.', 'The skin is good too, once roasted.'] },
    { motif: 'aubergine', unit: '2 pieces', cents: [220, 430], names: {
      'Long aubergines': 'purple',
      'Striped aubergines': 'pink', 'Kirby cucumbers': 'green', 'Yellow courgettes': 'yellow' },
      says: ['Silky when steamed, smoky when grilled.', 'Small seeds and a thin skin.'] },
  ],
};

export const bakery = {
  id: 'bakery',
  name: 'Bakery',
  closing: [
    'Out of the oven at six, on the shelf at half past.',
    'Sold until it is gone, then not until tomorrow.',
    'The flour comes from a mill you can cycle to.',
    'Best with somebody to share it.',
    'From the old boiler house of block A.',
  ],
  families: [
    { motif: 'loaf', unit: '800 g', cents: [340, 620], names: {
      'Country sourdough': 'brown',
      'Milk bread': 'cream', 'Rye and caraway': 'charcoal', 'Corn and honey loaf': 'amber' },
      says: ['A thick crust with a tender, open crumb.',
        'Keeps four days and improves until two.'] },
    { motif: 'baguette', unit: '1 piece', cents: [180, 340], names: {
      'Tradition baguette': 'amber',
      'Seeded baguette': 'brown', 'Olive ficelle': 'green', 'Rice-flour baguette': 'cream' },
      says: ['Crackles when squeezed, as it should.', 'Long ferment, sharp ears, short life.'] },
    { motif: 'croissant', unit: '2 pieces', cents: [320, 560], names: {
      'Butter croissants': 'amber',
      'Black sesame croissants': 'charcoal', 'Almond croissants': 'cream',
      'Mugwort croissants': 'green' },
      says: ['Twenty-seven layers, all of them butter.', 'Shatters first, melts second.'] },
    { motif: 'bun', unit: '3 pieces', cents: [260, 480], names: {
      'Red bean buns': 'brown',
      'Soboro buns': 'amber', 'Sweet potato buns': 'purple', 'Cardamom buns': 'cream' },
      says: ['Pillowy, warm and gone too soon.', 'Filled to the edge, not just to the middle.'] },
    { motif: 'tart', unit: '1 piece', cents: [380, 690], names: {
      'Yuja tart': 'yellow',
      'Strawberry tart': 'red', 'Chocolate tart': 'brown', 'Blueberry tart': 'blue' },
      says: ['Short, sandy crust under a glossy top.', 'Sharp enough to want another slice.'] },
    { motif: 'cookie', unit: '6 pieces', cents: [290, 520], names: {
      'Chocolate chunk cookies': 'brown',
      'Matcha cookies': 'green', 'Injeolmi cookies': 'amber', 'Ginger snaps': 'orange' },
      says: ['Crisp rim, soft heart.', 'Made small, so you may have two.'] },
    { motif: 'cake', unit: '1 slice', cents: [420, 690], names: {
      'Carrot cake': 'orange',
      'Fresh cream cake': 'pink', 'Black rice chiffon': 'purple', 'Lemon drizzle cake': 'yellow' },
      says: ['Light layers, barely sweet cream.', 'A birthday, one slice at a time.'] },
    { motif: 'ricecake', unit: '8 pieces', cents: [360, 620], names: {
      'Songpyeon': 'pink',
      'Mugwort injeolmi': 'green', 'Pumpkin sirutteok': 'amber', 'Honey kkultteok': 'cream' },
      says: ['Chewy, fragrant and still warm at nine.', 'Steamed on pine needles the old way.'] },
  ],
};
