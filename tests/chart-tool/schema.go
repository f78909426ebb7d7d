package main

import (
	"encoding/json"
	"fmt"
	"io"
	"sort"
	"strings"

	"github.com/xeipuuv/gojsonschema"
)

// checkValues holds the merged values against values.schema.json.
func checkValues(c chart, values map[string]interface{}) error {
	if c.schema == nil {
		return nil
	}
	faults, err := faultsOf(c.schema, mustJSON(values))
	if err != nil || len(faults) == 0 {
		return err
	}
	return fmt.Errorf("values don't meet the specifications of the schema(s) in the following chart(s):\n%s:\n- %s",
		c.name(), strings.Join(faults, "\n- "))
}

func check(input io.Reader) error {
	var task struct{ Schema, Document json.RawMessage }
	if err := json.NewDecoder(input).Decode(&task); err != nil {
		return err
	}
	faults, err := faultsOf(task.Schema, task.Document)
	if err != nil {
		return err
	}
	for _, fault := range faults {
		fmt.Println(fault)
	}
	return nil
}

// faultsOf uses the library that Helm 3 itself uses. It knows drafts up to 7; newer schemas are read as such.
func faultsOf(schema, document []byte) ([]string, error) {
	loader := gojsonschema.NewSchemaLoader()
	loader.AutoDetect = false
	loader.Draft = gojsonschema.Draft7
	compiled, err := loader.Compile(gojsonschema.NewBytesLoader(schema))
	if err != nil {
		return nil, err
	}
	result, err := compiled.Validate(gojsonschema.NewBytesLoader(document))
	if err != nil {
		return nil, err
	}
	var faults []string
	for _, fault := range result.Errors() {
		faults = append(faults, fault.String())
	}
	sort.Strings(faults)
	return faults, nil
}
