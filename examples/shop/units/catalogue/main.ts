/**
 * The catalogue, a unit of its own: Vue 3, built alone, started by its own script.
 */
import { createApp } from 'vue';
import { createDanji } from 'danji/vue';
import { places } from '../../state.ts';
import Catalogue from './Catalogue.vue';
import './catalogue.css';

createApp(Catalogue).use(createDanji(places.catalogue)).mount('#catalogue');
