"""How thoroughly an event was searched, and for what: the Humboldt extension (eco), and the targets that absences follow from.

Terms: https://eco.tdwg.org/terms/. Units stand beside values; lists are separated by |.
"""

from __future__ import annotations

import attrs

from exporter.records.schema import Record, column

LISTS = frozenset(  # the fields of a survey that hold several values
    {
        *("target_habitat_scope", "excluded_habitat_scope", "target_taxonomic_scope"),
        *("excluded_taxonomic_scope", "taxon_completeness_protocols", "absent_taxa", "non_target_taxa"),
        *("target_life_stage_scope", "excluded_life_stage_scope", "target_degree_of_establishment_scope"),
        *("excluded_degree_of_establishment_scope", "target_growth_form_scope", "excluded_growth_form_scope"),
        *("compilation_types", "inventory_types", "protocol_names", "protocol_descriptions"),
        *("protocol_references", "voucher_institutions", "material_sample_types", "sampling_performed_by"),
    }
)


@attrs.define
class Survey(Record):
    """What was searched in an event, how, and how completely it is reported: one row for an event."""

    survey_id: str | None = column("The host's identifier of the survey")
    event_id: str | None = column("Event that it is about", term="dwc:eventID")
    site_count: int | None = column("Number of sites", term="eco:siteCount")
    site_nesting_description: str | None = column("How sites lie within others", term="eco:siteNestingDescription")
    geospatial_scope_area_value: float | None = column(
        "Size of the area that the survey is about", term="eco:geospatialScopeAreaValue"
    )
    geospatial_scope_area_unit: str | None = column(
        "Unit of the area that the survey is about: hectare", term="eco:geospatialScopeAreaUnit"
    )
    total_area_sampled_value: float | None = column("Size of the area that was sampled", term="eco:totalAreaSampledValue")
    total_area_sampled_unit: str | None = column(
        "Unit of the area that was sampled: square_metre", term="eco:totalAreaSampledUnit"
    )
    reported_weather: str | None = column("Weather, as reported", term="eco:reportedWeather")
    reported_extreme_conditions: str | None = column("Extreme conditions, as reported", term="eco:reportedExtremeConditions")
    target_habitat_scope: str | None = column("Habitats that were looked at, separated by |", term="eco:targetHabitatScope")
    excluded_habitat_scope: str | None = column("Habitats that were not, separated by |", term="eco:excludedHabitatScope")
    event_duration_value: float | None = column("How long the event took", term="eco:eventDurationValue")
    event_duration_unit: str | None = column("Unit of the duration: hour", term="eco:eventDurationUnit")
    target_taxonomic_scope: str | None = column("Taxa that were looked for, separated by |", term="eco:targetTaxonomicScope")
    excluded_taxonomic_scope: str | None = column("Taxa that were not, separated by |", term="eco:excludedTaxonomicScope")
    taxon_completeness_reported: str | None = column(
        "Whether and how completeness was assessed", term="eco:taxonCompletenessReported"
    )
    taxon_completeness_protocols: str | None = column(
        "How completeness was assessed, separated by |", term="eco:taxonCompletenessProtocols"
    )
    is_taxonomic_scope_fully_reported: bool | None = column(
        "Whether every find of the target taxa is reported", term="eco:isTaxonomicScopeFullyReported"
    )
    is_absence_reported: bool | None = column("Whether absences are reported", term="eco:isAbsenceReported")
    absent_taxa: str | None = column("Taxa that were looked for and not found, separated by |", term="eco:absentTaxa")
    has_non_target_taxa: bool | None = column("Whether other taxa are reported, too", term="eco:hasNonTargetTaxa")
    non_target_taxa: str | None = column("The other taxa, separated by |", term="eco:nonTargetTaxa")
    are_non_target_taxa_fully_reported: bool | None = column(
        "Whether every find of other taxa is reported", term="eco:areNonTargetTaxaFullyReported"
    )
    target_life_stage_scope: str | None = column(
        "Life stages that were looked for, separated by |", term="eco:targetLifeStageScope"
    )
    excluded_life_stage_scope: str | None = column(
        "Life stages that were not, separated by |", term="eco:excludedLifeStageScope"
    )
    is_life_stage_scope_fully_reported: bool | None = column(
        "Whether every find of these life stages is reported", term="eco:isLifeStageScopeFullyReported"
    )
    target_degree_of_establishment_scope: str | None = column(
        "Degrees of establishment that were looked for, separated by |", term="eco:targetDegreeOfEstablishmentScope"
    )
    excluded_degree_of_establishment_scope: str | None = column(
        "Degrees of establishment that were not, separated by |", term="eco:excludedDegreeOfEstablishmentScope"
    )
    is_degree_of_establishment_scope_fully_reported: bool | None = column(
        "Whether every find of these degrees of establishment is reported",
        term="eco:isDegreeOfEstablishmentScopeFullyReported",
    )
    target_growth_form_scope: str | None = column(
        "Growth forms that were looked for, separated by |", term="eco:targetGrowthFormScope"
    )
    excluded_growth_form_scope: str | None = column(
        "Growth forms that were not, separated by |", term="eco:excludedGrowthFormScope"
    )
    is_growth_form_scope_fully_reported: bool | None = column(
        "Whether every find of these growth forms is reported", term="eco:isGrowthFormScopeFullyReported"
    )
    has_non_target_organisms: bool | None = column(
        "Whether organisms outside the scopes are reported, too", term="eco:hasNonTargetOrganisms"
    )
    compilation_types: str | None = column(
        "Whether data were sampled or compiled, separated by |", term="eco:compilationTypes"
    )
    inventory_types: str | None = column(
        "Kinds of search: restrictedSearch, openSearch, ..., separated by |", term="eco:inventoryTypes"
    )
    protocol_names: str | None = column("Names of the protocols, separated by |", term="eco:protocolNames")
    protocol_descriptions: str | None = column(
        "Descriptions of the protocols, separated by |", term="eco:protocolDescriptions"
    )
    protocol_references: str | None = column("References of the protocols, separated by |", term="eco:protocolReferences")
    is_abundance_reported: bool | None = column("Whether numbers of organisms are reported", term="eco:isAbundanceReported")
    is_abundance_cap_reported: bool | None = column("Whether numbers end at a cap", term="eco:isAbundanceCapReported")
    abundance_cap: int | None = column("The highest number that is reported", term="eco:abundanceCap")
    is_vegetation_cover_reported: bool | None = column(
        "Whether vegetation cover is reported", term="eco:isVegetationCoverReported"
    )
    is_least_specific_target_category_quantity_inclusive: bool | None = column(
        "Whether numbers of a category hold those of all within it",
        term="eco:isLeastSpecificTargetCategoryQuantityInclusive",
    )
    has_vouchers: bool | None = column("Whether specimens were kept", term="eco:hasVouchers")
    voucher_institutions: str | None = column("Where specimens are kept, separated by |", term="eco:voucherInstitutions")
    has_material_samples: bool | None = column("Whether material samples were taken", term="eco:hasMaterialSamples")
    material_sample_types: str | None = column("Kinds of material samples, separated by |", term="eco:materialSampleTypes")
    sampling_performed_by: str | None = column("Who sampled, names, separated by |", term="eco:samplingPerformedBy")
    is_sampling_effort_reported: bool | None = column("Whether the effort is reported", term="eco:isSamplingEffortReported")
    sampling_effort_protocol: str | None = column("How the effort was measured", term="eco:samplingEffortProtocol")
    sampling_effort_value: float | None = column("The sampling effort", term="eco:samplingEffortValue")
    sampling_effort_unit: str | None = column("Unit of the sampling effort: trap hours", term="eco:samplingEffortUnit")


@attrs.define
class Target(Record):
    """A taxon that was looked for in an event, so that not to have found it means something."""

    target_id: str | None = column("The host's identifier of the target")
    event_id: str | None = column("Event in which it was looked for", term="dwc:eventID")
    in_parts: bool | None = column("Whether it was looked for in each event that is part of this one, too")
    taxon_id: str | None = column("Taxon that was looked for", term="dwc:taxonID")
    scientific_name: str | None = column("Its full scientific name", term="dwc:scientificName")
    taxon_rank: str | None = column("Rank of the name, in lower case", term="dwc:taxonRank")
    kingdom: str | None = column("Kingdom", term="dwc:kingdom")
    phylum: str | None = column("Phylum", term="dwc:phylum")
    class_: str | None = column("Class", term="dwc:class")
    order: str | None = column("Order", term="dwc:order")
    family: str | None = column("Family", term="dwc:family")
    genus: str | None = column("Genus", term="dwc:genus")
    vernacular_name: str | None = column("Common name", term="dwc:vernacularName")
    basis_of_record: str | None = column(
        "How it was looked for: HumanObservation, MachineObservation", term="dwc:basisOfRecord"
    )
