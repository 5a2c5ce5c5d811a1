/** How often a property is tried: as often as shows it, or as AGENTPOOL_PROPERTY_RUNS says, for a thorough search. */
export const trials = (usual: number): number => Number(process.env.AGENTPOOL_PROPERTY_RUNS ?? usual);
