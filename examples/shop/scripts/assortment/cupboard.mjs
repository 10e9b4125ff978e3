// What stands in the cupboard and on the stove: pantry, tea and coffee, kitchen.
// The words that make-products.mjs builds products from; fresh.mjs explains the fields.

export const pantry = {
  id: 'pantry',
  name: 'Pantry',
  closing: [
    'Small batch; the date is written by hand.',
    'Bring the packaging back and we take fifty cents off.',
    'Keeps for a year closed, a month open.',
    'Recommended by the woman from 1204.',
    'Nothing on the label you would need to look up.',
  ],
  families: [
    { motif: 'jar', unit: '500 g', cents: [480, 980], names: {
      'Gochujang': 'red', 'Doenjang': 'brown',
      'Yuja marmalade': 'yellow', 'Perilla pesto': 'green' },
      says: ['Slow, salty and deep.', 'A spoonful does the work of an afternoon.'] },
    { motif: 'bottle', unit: '500 ml', cents: [420, 1490], names: {
      'Toasted sesame oil': 'amber',
      'Aged soy sauce': 'charcoal', 'Plum vinegar': 'pink', 'Cold-pressed perilla oil': 'green' },
      says: ['Pressed slowly, poured sparingly.', 'Round, nutty and clear.'] },
    { motif: 'tin', unit: '400 g', cents: [160, 420], names: {
      'Peeled plum tomatoes': 'red',
      'Mackerel in brine': 'blue', 'Chickpeas': 'amber', 'Coconut milk': 'teal' },
      says: ['The tin that saves Tuesday.', 'Stacks well, opens easily, tastes bright.'] },
    { motif: 'sack', unit: '2 kg', cents: [490, 1380], names: {
      'Icheon short-grain rice': 'white',
      'Black rice': 'purple', 'Bread flour': 'cream', 'Buckwheat flour': 'steel' },
      says: ['This year’s harvest, milled last month.', 'Cooks evenly and forgives a late lid.'] },
    { motif: 'noodles', unit: '4 portions', cents: [290, 640], names: {
      'Wheat somyeon': 'cream',
      'Buckwheat noodles': 'brown', 'Sweet potato glass noodles': 'steel',
      'Spinach kalguksu': 'green' },
      says: ['Springy, quick and hard to overcook.', 'Dried on racks in the sea wind.'] },
    { motif: 'honey', unit: '350 g', cents: [690, 1590], names: {
      'Acacia honey': 'yellow',
      'Chestnut honey': 'brown', 'Wildflower honey': 'amber', 'Jeju citrus honey': 'orange' },
      says: ['Spun cold, never heated.', 'From forty hives on forty roofs.'] },
    { motif: 'spice', unit: '80 g', cents: [260, 740], names: {
      'Gochugaru flakes': 'red',
      'Sichuan pepper': 'brown', 'Ground turmeric': 'yellow', 'Dried mint': 'green' },
      says: ['Ground on Mondays in small amounts.', 'Loud in the jar, warm in the bowl.'] },
    { motif: 'box', unit: '250 g', cents: [210, 560], names: {
      'Roasted seaweed': 'green',
      'Rye crispbread': 'brown', 'Sea-salt crackers': 'blue', 'Puffed rice bars': 'pink' },
      says: ['Crisp, light and easy to share.', 'Lives in the bag you carry.'] },
  ],
};

export const tea = {
  id: 'tea',
  name: 'Tea & coffee',
  closing: [
    'Chosen by the early shift.',
    'Goes well with rain.',
    'Try it with the window open.',
    'Opinions at the counter, free of charge.',
    'A good reason to get up.',
  ],
  families: [
    { motif: 'teatin', unit: '60 g', cents: [690, 1890], names: {
      'Boseong sejak': 'green',
      'Hadong woojeon': 'teal', 'Sencha of the first flush': 'lime', 'Gunpowder tea': 'steel' },
      says: ['Sweet grass, warm chestnut, no bitterness.', 'A second steep is better still.'] },
    { motif: 'coffeebag', unit: '250 g', cents: [840, 1690], names: {
      'House espresso': 'brown',
      'Yirgacheffe filter roast': 'orange', 'Huila washed': 'red', 'Swiss-water decaf': 'blue' },
      says: ['Cocoa and plum with a clean finish.', 'Rested eight days, ready now.'] },
    { motif: 'teapot', unit: '1 piece', cents: [2490, 6900], names: {
      'Celadon teapot': 'teal',
      'Black clay teapot': 'charcoal', 'White porcelain teapot': 'white',
      'Ochre stoneware teapot': 'amber' },
      says: ['Pours without a drip, sits without a wobble.', 'Holds three cups and a long talk.'] },
    { motif: 'cup', unit: '1 piece', cents: [890, 2400], names: {
      'Speckled mug': 'cream',
      'Moon-white cup': 'white', 'Indigo espresso cup': 'blue', 'Clay tumbler': 'orange' },
      says: ['Thrown by hand, fits two of them.', 'Warm in the hand, thin at the lip.'] },
    { motif: 'kettle', unit: '1 piece', cents: [3900, 8900], names: {
      'Gooseneck kettle': 'steel',
      'Enamel kettle': 'red', 'Cast-iron kettle': 'charcoal', 'Copper kettle': 'orange' },
      says: ['A slow, steady stream where you point it.', 'Sings before it shouts.'] },
    { motif: 'box', unit: '20 bags', cents: [340, 690], names: {
      'Barley tea bags': 'amber',
      'Corn silk tea bags': 'yellow', 'Rooibos bags': 'red', 'Chamomile bags': 'cream' },
      says: ['Caffeine-free, made for evenings.', 'Gentle enough for the smallest cup.'] },
    { motif: 'jar', unit: '450 g', cents: [640, 1190], names: {
      'Honeyed citron tea': 'yellow',
      'Ginger tea base': 'amber', 'Jujube tea base': 'red', 'Quince tea base': 'lime' },
      says: ['A spoonful, hot water, a better mood.', 'Sliced thin and left to steep for weeks.'] },
    { motif: 'dripper', unit: '1 piece', cents: [1290, 3400], names: {
      'Ceramic dripper': 'white',
      'Smoke-glass dripper': 'steel', 'Walnut dripper stand': 'brown',
      'Blue enamel dripper': 'blue' },
      says: ['Even flow, easy to rinse.', 'Makes one very good cup at a time.'] },
  ],
};

export const kitchen = {
  id: 'kitchen',
  name: 'Kitchen',
  closing: [
    'Wash by hand, dry by habit.',
    'Seconds with a freckle are on the lower shelf.',
    'We use the same one in the test kitchen.',
    'Guaranteed for ten years, in handwriting.',
    'Gets better with use, as promised.',
  ],
  families: [
    { motif: 'pan', unit: '1 piece', cents: [2900, 7900], names: {
      'Carbon steel pan': 'charcoal',
      'Enamel sauté pan': 'green', 'Copper saucepan': 'orange', 'Egg pan': 'steel' },
      says: ['Heats fast, holds steady, wears in.', 'Balanced for a one-handed toss.'] },
    { motif: 'pot', unit: '1 piece', cents: [3900, 12900], names: {
      'Cast-iron casserole': 'red',
      'Stoneware ttukbaegi': 'charcoal', 'Steamer pot': 'steel', 'Enamel stockpot': 'blue' },
      says: ['A heavy lid and an even simmer.', 'From stove to table without a trivet’s shame.'] },
    { motif: 'knife', unit: '1 piece', cents: [2400, 9900], names: {
      'Santoku knife': 'steel',
      'Paring knife': 'red', 'Bread knife': 'brown', 'Vegetable cleaver': 'charcoal' },
      says: ['Keen out of the box and easy to keep so.',
        'Thin behind the edge, kind to the wrist.'] },
    { motif: 'board', unit: '1 piece', cents: [1900, 5900], names: {
      'Walnut cutting board': 'brown',
      'Beech cutting board': 'cream', 'Cherry serving board': 'orange',
      'Slate cheese board': 'charcoal' },
      says: ['End grain up, so the blade stays sharp.',
        'Oil it twice a year and it outlives you.'] },
    { motif: 'bowl', unit: '1 piece', cents: [990, 3400], names: {
      'Rice bowl': 'white',
      'Noodle bowl': 'blue', 'Celadon salad bowl': 'teal', 'Mixing bowl': 'pink' },
      says: ['Deep enough for seconds.', 'Glazed inside, bare clay at the foot.'] },
    { motif: 'whisk', unit: '1 piece', cents: [690, 2200], names: {
      'Balloon whisk': 'steel',
      'Beech spatula': 'amber', 'Silicone scraper': 'red', 'Brass ladle': 'yellow' },
      says: ['The one you reach for without looking.', 'Hangs by its loop, never rattles.'] },
    { motif: 'cutlery', unit: 'set of 4', cents: [1490, 4900], names: {
      'Steel spoons and chopsticks': 'steel',
      'Brass cutlery': 'yellow', 'Black matt cutlery': 'charcoal',
      'Maple picnic cutlery': 'amber' },
      says: ['Weighted at the end, quiet on the plate.', 'Enough for a small table of friends.'] },
    { motif: 'towelstack', unit: '3 pieces', cents: [1190, 2600], names: {
      'Linen tea towels': 'cream',
      'Striped kitchen towels': 'blue', 'Waffle dishcloths': 'green', 'Sashiko cloths': 'purple' },
      says: ['Dries on the first pass.', 'Softer after every wash.'] },
  ],
};
