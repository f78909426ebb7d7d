package main

import (
	"fmt"
	"sort"
	"strings"
)

func renderChart(arguments []string) error {
	options, err := parseOptions(arguments)
	if err != nil {
		return err
	}
	chart, err := loadChart(options.chart)
	if err != nil {
		return err
	}
	values, err := mergedValues(chart, options)
	if err != nil {
		return err
	}
	if err := checkValues(chart, values); err != nil {
		return err
	}
	rendered, err := render(chart, values, options)
	if err != nil {
		return err
	}
	if options.notes {
		fmt.Print(rendered["templates/NOTES.txt"])
		return nil
	}
	manifests, err := split(rendered)
	if err != nil {
		return err
	}
	sort.SliceStable(manifests, func(a, b int) bool { return manifests[a].before(manifests[b]) })
	for _, manifest := range manifests {
		if options.skipTests && manifest.isTest() {
			continue
		}
		fmt.Printf("---\n# Source: %s/%s\n%s\n", chart.name(), manifest.source, strings.TrimSpace(manifest.text))
	}
	return nil
}
