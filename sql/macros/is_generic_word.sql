-- Whether a word is common in the names of bodies and firms of many states: a name of nothing else says nothing without its state.
-- word: as name_words gives it. Result: BOOLEAN.
-- Example: SELECT is_generic_word('ministry'), is_generic_word('sichuan');
CREATE OR REPLACE MACRO is_generic_word(word) AS
list_contains(
    [
        'academy', 'administration', 'aeronautics', 'aerospace', 'affairs', 'agency', 'agricultural', 'agriculture', 'air',
        'armed', 'army', 'association', 'astronautics', 'authority', 'aviation', 'bank', 'board', 'bureau', 'business',
        'center', 'central', 'centre', 'chamber', 'chemical', 'college', 'commerce', 'commercial', 'commission', 'committee',
        'communication', 'communications', 'construction', 'consulting', 'cooperation', 'council', 'customs', 'defence',
        'defense', 'department', 'design', 'development', 'directorate', 'division', 'economic', 'economy', 'education',
        'electronic', 'electronics', 'energy', 'engineering', 'enterprise', 'enterprises', 'equipment', 'exchange', 'export',
        'factory', 'federal', 'finance', 'financial', 'first', 'force', 'forces', 'foreign', 'forensic', 'fund', 'general',
        'global', 'government', 'group', 'guard', 'headquarters', 'health', 'high', 'holding', 'holdings', 'import',
        'industrial', 'industries', 'industry', 'information', 'institute', 'institution', 'intelligence', 'interior',
        'internal', 'international', 'investment', 'investments', 'joint', 'justice', 'laboratory', 'law', 'logistics',
        'machinery', 'management', 'manufacturing', 'marine', 'maritime', 'materials', 'medical', 'military', 'mining',
        'ministry', 'mobile', 'national', 'naval', 'navy', 'network', 'new', 'nuclear', 'office', 'oil', 'organization',
        'petroleum', 'planning', 'plant', 'police', 'port', 'power', 'production', 'project', 'public', 'railway', 'republic',
        'research', 'sales', 'science', 'sciences', 'scientific', 'second', 'secretariat', 'security', 'service', 'services',
        'ship', 'shipbuilding', 'shipping', 'space', 'state', 'stock', 'strategic', 'supply', 'supreme', 'system', 'systems',
        'tech', 'technical', 'technological', 'technologies', 'technology', 'telecom', 'telecommunications', 'trade',
        'trading', 'transport', 'transportation', 'unit', 'university', 'work', 'works', 'world'
    ],
    word
);
COMMENT ON MACRO is_generic_word IS 'Whether a word is common in the names of bodies and firms of many states: a name of nothing else says nothing without its state.';
